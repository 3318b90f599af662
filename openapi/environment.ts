import { registerHooks } from 'node:module';
import { ALGORITHM } from '../lib/tokenRules.ts';

/** Handlers read the environment when they are loaded; nothing of it gets into the description. */
const PLACEHOLDERS = {
  TABLE_NAME: 'none',
  ISSUER: 'https://users-api.invalid',
  AUDIENCE: 'none',
  PSEUDONYM_SECRET: 'nothing is hashed here',
  PUBLIC_KEYS: JSON.stringify({
    keys: [{ kty: 'RSA', kid: 'none', use: 'sig', alg: ALGORITHM, n: 'AQAB', e: 'AQAB' }],
  }),
};

Object.assign(process.env, PLACEHOLDERS);

/** Handlers also load the last description, which may be of another shape, or in conflict: it plays no part here. */
const STAND_INS: Record<string, { format: string; source: string }> = {
  '/openapi/openapi.json': { format: 'json', source: '{}' },
  '/openapi/page/reference.ts': { format: 'module', source: 'export const page = { html: "" };' },
};

registerHooks({
  load: (url, context, next) => {
    const [, standIn] = Object.entries(STAND_INS).find(([path]) => url.endsWith(path)) ?? [];
    return standIn ? { ...standIn, shortCircuit: true } : next(url, context);
  },
});
