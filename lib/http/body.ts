import type { MiddlewareObj } from '@middy/core';
import jsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { ApiError } from '../errors.ts';

const LIMIT = 64 * 1024;

/**
 * Turns the body of a request into the JSON object that it must be; a body without a named media type counts as
 * JSON. Refuses what is too large, of another media type, no JSON, or no object.
 */
export const jsonObjectBody = (): MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult> => {
  const parser = jsonBodyParser();
  return {
    before: async (request) => {
      const { event } = request;
      if (size(event) > LIMIT) throw new ApiError('payload_too_large', 'The body may have at most 64 KiB.');
      event.headers['content-type'] ||= 'application/json';
      event.body ??= '';
      const isEmpty = event.body === '';
      if (isEmpty) event.body = 'null';
      try {
        await parser.before?.(request);
      } catch (error) {
        throw refusal(error);
      }
      const body: unknown = event.body;
      if (typeof body !== 'object' || body === null || Array.isArray(body)) {
        throw new ApiError('invalid', 'The body must be a JSON object.');
      }
    },
  };
};

const size = ({ body, isBase64Encoded }: APIGatewayProxyEvent) =>
  Buffer.byteLength(body ?? '', isBase64Encoded ? 'base64' : 'utf8');

function refusal(error: unknown): unknown {
  const status = (error as { statusCode?: number }).statusCode;
  if (status === 415) return new ApiError('unsupported_media_type', 'The body must be application/json.');
  if (status === 422) return new ApiError('parse_error', 'The body is not valid JSON.');
  return error;
}
