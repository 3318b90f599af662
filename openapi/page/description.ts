/** The parts of our API description that the page shows. */
export interface Description {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    responses: Record<string, Answer>;
    schemas: Record<string, Schema>;
  };
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Answer | Reference>;
}

/** Where an operation answers: the method, and the path below the base URL. */
export interface Place {
  method: string;
  path: string;
  operation: Operation;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description: string;
  schema: Schema;
  example?: string;
}

export interface Answer {
  description: string;
  content?: Record<string, Media>;
}

interface Media {
  schema: Reference;
  examples: Record<string, { value: unknown }>;
}

export interface Schema extends Partial<Reference> {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  default?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

export interface Reference {
  $ref: string;
}

/** What a reference points at, described as the reference does if it does; or the value itself. */
export function resolve<T extends object>(description: Description, value: T | Reference): T {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as T;
  const { $ref, ...rest } = value;
  const keys = $ref.slice(2).split('/');
  const target = keys.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], description);
  return { ...(target as T), ...rest };
}
