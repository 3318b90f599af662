import { snippetz } from '@scalar/snippetz';
import type { Place } from './description.ts';

const LANGUAGES = [
  ['curl', 'shell', 'curl'],
  ['JavaScript', 'js', 'fetch'],
  ['Swift', 'swift', 'nsurlsession'],
  ['Kotlin', 'kotlin', 'okhttp'],
] as const;

/** The request of an endpoint with the example of the API document, in every language that we show. */
export function samples(
  { method, path, operation }: Place,
  base: string,
): { language: string; code: string }[] {
  const value = operation.requestBody?.content['application/json']?.examples.document?.value;
  const examples = new Map((operation.parameters ?? []).map(({ name, example = '' }) => [name, example]));
  const header = (name: string, value: string) => ({ name, value });
  const request = {
    method: method.toUpperCase(),
    url: base + path.replace(/\{(\w+)\}/g, (_, name: string) => examples.get(name) ?? name),
    headers: [
      ...(operation.security.length === 1 ? [header('Authorization', 'Bearer ACCESS_TOKEN')] : []),
      ...(value ? [header('Content-Type', 'application/json')] : []),
    ],
    ...(value !== undefined && {
      postData: { mimeType: 'application/json', text: JSON.stringify(value) },
    }),
  };
  return LANGUAGES.map(([language, target, client]) => ({
    language,
    code: snippetz().print(target, client, request) ?? '',
  }));
}
