import * as v from 'valibot';
import { type FieldErrors, InvalidInput } from '../errors.ts';

/** Parses a part of a request; throws `InvalidInput` with every field at fault. */
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
    errors[field] = [...(errors[field] ?? []), isAbsent ? 'This field is required.' : issue.message];
  }
  throw new InvalidInput(errors);
}

/** A query without its empty parameters, which count as absent. */
export function presentParameters(query: Record<string, string | undefined> | null): Record<string, string> {
  const present = Object.entries(query ?? {}).filter(([, value]) => value?.trim());
  return Object.fromEntries(present) as Record<string, string>;
}

/** A path parameter with its percent-encoding undone; as it stands when that cannot be. */
export function decodeParameter(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
