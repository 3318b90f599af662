import * as v from 'valibot';
import { config } from '../../lib/config.ts';
import { publicDocument } from '../../lib/http/document.ts';
import description from '../../openapi/openapi.json' with { type: 'json' };

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
