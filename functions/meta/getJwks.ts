import * as v from 'valibot';
import { config, PublicKey } from '../../lib/config.ts';
import { publicDocument } from '../../lib/http/document.ts';

/** Verifiers learn a new key within this time, and API Gateway's authorizers within their own two hours. */
const MAX_AGE = 15 * 60;

export const handler = publicDocument(
  {
    operation: 'getJwks',
    caller: 'none',
    media_type: 'application/json',
    max_age: MAX_AGE,
    answer: v.object({ keys: v.array(PublicKey) }),
  },
  JSON.stringify(config.PUBLIC_KEYS),
);
