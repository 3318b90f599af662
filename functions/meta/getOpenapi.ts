import * as v from 'valibot';
import description from '../../docs/openapi.json' with { type: 'json' };
import { config } from '../../lib/config.ts';
import { publicDocument } from '../../lib/http/document.ts';

const MAX_AGE = 5 * 60;

/** The description as the repository has it, with the address of this deployment. */
const deployed = { ...description, servers: [{ url: config.ISSUER, description: 'This deployment' }] };

export const handler = publicDocument(
  {
    operation: 'getOpenapi',
    caller: 'none',
    media_type: 'application/json',
    max_age: MAX_AGE,
    answer: v.looseObject({ openapi: v.string() }),
  },
  JSON.stringify(deployed),
);
