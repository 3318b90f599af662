/** A value that JSON can hold. */
type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** What a pattern asks of a value: to be equal, or what the named operators say. */
type Matcher = string | number | boolean | null | Partial<Record<keyof typeof OPERATORS, Json>>;

/** An event pattern as EventBridge and the filters of Lambda spell it. */
export interface Pattern {
  [name: string]: Pattern | Matcher[];
}

const OPERATORS = {
  prefix: (value, text) => typeof value === 'string' && value.startsWith(String(text)),
  suffix: (value, text) => typeof value === 'string' && value.endsWith(String(text)),
  'anything-but': (value, others) => value !== undefined && ![others].flat().includes(value),
  exists: (value, there) => (value !== undefined) === there,
} satisfies Record<string, (value: Json | undefined, given: Json) => boolean>;

/**
 * Whether AWS would let a pattern have that event: every member that the pattern names must match one of its matchers,
 * or with one of its entries where it is a list. Throws for operators that are not known here.
 */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = (event as Record<string, Json> | undefined)?.[name];
    if (!Array.isArray(wanted)) return typeof value === 'object' && matches(wanted, value);
    const values = Array.isArray(value) && value.length > 0 ? value : [value as Json | undefined];
    return wanted.some((matcher) => values.some((one) => isMatched(one, matcher)));
  });
}

function isMatched(value: Json | undefined, matcher: Matcher): boolean {
  if (typeof matcher !== 'object' || matcher === null) return value === matcher;
  return Object.entries(matcher).every(([operator, given]) => {
    if (!(operator in OPERATORS))
      throw new Error(`The pattern has an operator that is not known here: ${operator}.`);
    return OPERATORS[operator as keyof typeof OPERATORS](value, given as Json);
  });
}
