import { DynamoDBServiceException, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { translateFailure } from '../../lib/failures.ts';

const refusal = (name: string, $fault: 'client' | 'server', httpStatusCode: number) =>
  new DynamoDBServiceException({ name, $fault, message: '', $metadata: { httpStatusCode } });

const broken = (properties: object) => Object.assign(new Error('It broke.'), properties);

test.each([
  ['a throttle', refusal('ThrottlingException', 'client', 400)],
  ['too little throughput', refusal('ProvisionedThroughputExceededException', 'client', 400)],
  ['a transaction in the way', refusal('TransactionConflictException', 'client', 400)],
  ['a failure of the service', refusal('InternalServerError', 'server', 500)],
  [
    'a proxy that answers for the service',
    broken({ name: 'SyntaxError', $metadata: { httpStatusCode: 502 } }),
  ],
  ['a refused connection', broken({ code: 'ECONNREFUSED', $metadata: {} })],
  ['a broken connection', broken({ code: 'ECONNRESET' })],
  ['a name that does not resolve', broken({ code: 'EAI_AGAIN' })],
  ['a time-out', broken({ name: 'TimeoutError' })],
  [
    'half an answer under a good status',
    Object.assign(new SyntaxError(), { $responseBodyText: '{"Item"', $metadata: { httpStatusCode: 200 } }),
  ],
  ['the end of the time that the request had', broken({ name: 'AbortError' })],
])('%s means unavailable', (_, error) => {
  expect(() => translateFailure(error)).toThrow(
    expect.objectContaining({ code: 'unavailable', cause: error }),
  );
});

test.each([
  ['a request that the service calls wrong', refusal('ValidationException', 'client', 400)],
  ['a right that is missing', refusal('AccessDeniedException', 'client', 400)],
  ['a table that is not there', new ResourceNotFoundException({ message: '', $metadata: {} })],
  ['a defect that went through the SDK', Object.assign(new TypeError('x is undefined'), { $metadata: {} })],
  ['a defect that Node.js gives a code', Object.assign(new TypeError(), { code: 'ERR_INVALID_ARG_TYPE' })],
])('%s stays what it is', (_, error) => {
  expect(() => translateFailure(error)).toThrow(error);
});
