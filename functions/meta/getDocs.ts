import * as v from 'valibot';
import page from '../../docs/reference.json' with { type: 'json' };
import { config } from '../../lib/config.ts';
import { publicDocument } from '../../lib/http/document.ts';

const MAX_AGE = 5 * 60;

/** The page as the build renders it, with the address of this deployment. */
const html = page.html.join('\n').replaceAll(page.address_placeholder, config.ISSUER);

export const handler = publicDocument(
  {
    operation: 'getDocs',
    caller: 'none',
    media_type: 'text/html; charset=utf-8',
    max_age: MAX_AGE,
    answer: v.string(),
  },
  html,
  { 'Content-Security-Policy': page.content_security_policy, 'Referrer-Policy': 'no-referrer' },
);
