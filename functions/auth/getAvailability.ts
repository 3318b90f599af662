import { AvailabilityAnswer, AvailabilityQuery, checkAvailability } from '../../lib/auth/availability.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  { operation: 'getAvailability', caller: 'none', query: AvailabilityQuery, answer: AvailabilityAnswer },
  ({ query }) => checkAvailability(query),
);
