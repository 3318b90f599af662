import * as v from 'valibot';
import { config } from '../../lib/config.ts';
import { publicDocument } from '../../lib/http/document.ts';
import { page } from '../../openapi/page/reference.ts';

const MAX_AGE = 5 * 60;

export const handler = publicDocument(
  {
    operation: 'getDocs',
    caller: 'none',
    media_type: 'text/html; charset=utf-8',
    max_age: MAX_AGE,
    headers: { 'Content-Security-Policy': page.content_security_policy, 'Referrer-Policy': 'no-referrer' },
    answer: v.string(),
  },
  page.html.replaceAll(page.address_placeholder, config.ISSUER),
);
