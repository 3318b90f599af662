import type { OperationId } from '../../lib/http/routes.ts';
import { auth } from './auth.ts';
import { FIELDS, SCHEMAS } from './fields.ts';
import { service } from './service.ts';
import { social } from './social.ts';
import type { OperationText } from './text.ts';
import { users } from './users.ts';

/** The words about each endpoint; one without words does not compile. */
export const TEXTS: Record<OperationId, OperationText> = { ...auth, ...users, ...social, ...service };

/** The sentence about a schema with a name of its own, or about the answer of an endpoint. */
export const describeSchema = (schema: string, operation: OperationId | undefined): string =>
  SCHEMAS[schema] ?? found(operation && TEXTS[operation].answer, schema);

/** The sentence about a field of a schema or a parameter of an operation. */
export const describeField = (owner: string, field: string): string =>
  FIELDS[`${owner}.${field}`] ?? found(FIELDS[field], field);

/** Throws when there is none, so that nothing goes without. */
function found(text: string | undefined, name: string): string {
  if (!text) throw new Error(`openapi/texts/fields.ts says nothing about ${name}.`);
  return text;
}
