/** A piece of JSON text, told apart so that it can be coloured. */
export interface JsonToken {
  kind: 'name' | 'text' | 'other' | 'plain';
  text: string;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Splits JSON text into names, strings, other values and what stands between them; nothing gets lost. */
export function jsonTokens(json: string): JsonToken[] {
  const tokens: JsonToken[] = [];
  let end = 0;
  for (const match of json.matchAll(TOKEN)) {
    const [whole, quoted, colon] = match;
    if (match.index > end) tokens.push({ kind: 'plain', text: json.slice(end, match.index) });
    if (quoted === undefined) tokens.push({ kind: 'other', text: whole });
    else tokens.push({ kind: colon ? 'name' : 'text', text: quoted });
    if (colon) tokens.push({ kind: 'plain', text: colon });
    end = match.index + whole.length;
  }
  if (end < json.length) tokens.push({ kind: 'plain', text: json.slice(end) });
  return tokens;
}
