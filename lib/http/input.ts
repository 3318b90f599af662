import * as v from 'valibot';
import { ApiError, type FieldErrors, invalid } from '../problems.ts';

/** Parses a part of a request; throws `invalid` with every field at fault. */
export function parseInput<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const errors: FieldErrors = {};
  for (const issue of result.issues) {
    const field = String(issue.path?.[0]?.key ?? 'body');
    const isAbsent = issue.type === 'object' && issue.received === 'undefined';
    const sentence = isAbsent ? 'This field is required.' : issue.message;
    errors[field] = [...new Set([...(errors[field] ?? []), sentence])];
  }
  throw invalid(errors);
}

/** A query without its empty parameters, which count as absent. */
export function presentParameters(query: Record<string, string | undefined> | null): Record<string, string> {
  const present = Object.entries(query ?? {}).filter(([, value]) => value?.trim());
  return Object.fromEntries(present) as Record<string, string>;
}

/** Parses the variables of a path, their percent-encoding undone; throws `not_found` when they name nothing. */
export function parsePath<Schema extends v.GenericSchema>(
  schema: Schema,
  variables: Record<string, string | undefined> | null,
): v.InferOutput<Schema> {
  const decoded = Object.entries(variables ?? {}).map(([name, value]) => [name, decode(value ?? '')]);
  const result = v.safeParse(schema, Object.fromEntries(decoded));
  if (!result.success) throw new ApiError('not_found');
  return result.output;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
