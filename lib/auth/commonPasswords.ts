import { brotliDecompressSync } from 'node:zlib';
import { packed } from './commonList.ts';

let list: Set<string> | undefined;

/**
 * Whether a password is among the 10,000 most common ones, in any case, or is one of them with nothing but digits and
 * signs around it, or several times over: that is how people make them longer. Unpacks the list when it is first asked.
 */
export function isCommon(password: string): boolean {
  list ??= new Set(brotliDecompressSync(Buffer.from(packed, 'base64')).toString().split('\n'));
  const text = password.toLowerCase();
  const bare = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const once = text.replace(/^(.+?)\1+$/u, '$1');
  return [text, bare, once].some((variant) => list?.has(variant));
}
