import { createHash } from 'node:crypto';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type * as v from 'valibot';
import type { Declaration } from './declaration.ts';
import { edge } from './edge.ts';

/** What a public document promises: anybody gets it, and may keep it for a while. */
export interface DocumentDeclaration extends Declaration<'none', never, never, never, v.GenericSchema> {
  media_type: 'application/json' | 'text/html; charset=utf-8';
  /** Seconds for which a copy is as good as the original. */
  max_age: number;
  /** Headers of its own. */
  headers?: Record<string, string>;
}

/**
 * Builds the Lambda handler of a document that is the same for everybody until the next deployment: caches may keep
 * it for `max_age` seconds, and ask with its entity tag afterwards (RFC 9110, section 13.1.2). Touches no table.
 */
export function publicDocument(declaration: DocumentDeclaration, content: string) {
  const { operation, media_type, max_age, headers } = declaration;
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  const caching = { 'Cache-Control': `public, max-age=${max_age}`, ETag: etag, Vary: 'Accept-Encoding' };
  const found: APIGatewayProxyResult = {
    statusCode: 200,
    headers: { 'Content-Type': media_type, ...caching, ...headers },
    body: content,
  };
  const handler = edge(operation, async (event) =>
    names(event.headers['if-none-match'], etag) ? { statusCode: 304, headers: caching, body: '' } : found,
  );
  return Object.assign(handler, { declaration });
}

/** Whether an `If-None-Match` header names that tag; proxies may have marked it as weak. */
function names(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}
