import jsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ApiError, BODY_LIMIT_KIB } from '../problems.ts';

const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json$/;

const parser = jsonBodyParser({ disableContentTypeCheck: true });

/**
 * The JSON object that the body of a request must be; a body without a named media type counts as JSON. Refuses what
 * is too large, of another media type, no JSON, or no object.
 */
export async function readJsonObject(event: APIGatewayProxyEvent): Promise<object> {
  const { body, isBase64Encoded, headers } = event;
  if (Buffer.byteLength(body ?? '', isBase64Encoded ? 'base64' : 'utf8') > BODY_LIMIT_KIB * 1024) {
    throw new ApiError('payload_too_large');
  }
  if (!isJson(headers['content-type'])) throw new ApiError('unsupported_media_type');
  const parsed = body ? await parse(event) : undefined;
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new ApiError('invalid', { detail: 'The body must be a JSON object.' });
}

/** RFC 9110, section 8.3.1: in any case, and with parameters, however they are spaced. */
function isJson(content_type: string | undefined): boolean {
  const [media_type = ''] = content_type?.split(';') ?? [];
  return media_type.trim() === '' ? !content_type?.trim() : JSON_TYPE.test(media_type.trim().toLowerCase());
}

async function parse(event: APIGatewayProxyEvent): Promise<unknown> {
  const request = { event: { ...event } } as Parameters<NonNullable<typeof parser.before>>[0];
  try {
    await parser.before?.(request);
    return request.event.body;
  } catch {
    return parsePlainly(event);
  }
}

/**
 * The parser also refuses members that are named like parts of a prototype. To us they are unknown members, which are
 * ignored: schemas take what they name, and never copy the rest.
 */
function parsePlainly({ body, isBase64Encoded }: APIGatewayProxyEvent): unknown {
  try {
    return JSON.parse(Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString());
  } catch {
    throw new ApiError('parse_error');
  }
}
