import { connect } from 'node:tls';
import { check, Fault, type SmokeClient } from './client.ts';

/** Something that the service relies on and that is for what stands before it to do. */
export interface Assumption {
  /** What is assumed, as docs/operations.md names it. */
  name: string;
  /** It can only be seen on AWS. */
  deployed_only?: boolean;
  run(client: SmokeClient): Promise<void>;
}

/** A token of nobody, in the form of one. */
const NO_TOKEN = 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl';

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;

const sized = (bytes: number) => ({ body: JSON.stringify({ username: 'x'.repeat(bytes) }) });

/** What settles on a deployed stage whatever no machine of ours can show; docs/operations.md lists each. */
export const ASSUMPTIONS: readonly Assumption[] = [
  {
    name: 'A path answers alike with and without its last slash',
    async run(client) {
      for (const path of ['', '/docs', '/.well-known/jwks.json']) {
        await client.expect(200, 'GET', path);
        await client.expect(200, 'GET', `${path}/`);
      }
    },
  },
  {
    name: 'An address that nothing answers is not found, whatever token comes with it',
    async run(client) {
      const { origin, pathname } = new URL(client.url);
      const root = `${origin}${pathname.replace(/\/careers\/users$/, '')}`;
      for (const address of [`${client.url}/no/such/thing/here`, `${root}/nowhere`, `${root}/`]) {
        await client.expectRefusal(404, 'not_found', 'GET', address);
        await client.expectRefusal(404, 'not_found', 'GET', address, { token: NO_TOKEN });
      }
    },
  },
  {
    name: 'Another method is refused with those that are allowed',
    async run(client) {
      const { headers } = await client.expectRefusal(405, 'method_not_allowed', 'PUT', '/me/', { body: {} });
      check(/GET/.test(headers.get('allow') ?? ''), 'A method that is not allowed is refused without Allow.');
    },
  },
  {
    name: 'A browser on another site may call',
    async run(client) {
      const { status, headers } = await client.send('OPTIONS', '/me/update/', {
        headers: {
          Origin: 'https://app.example.com',
          'Access-Control-Request-Method': 'PATCH',
          'Access-Control-Request-Headers': 'authorization, content-type',
        },
      });
      check(status < 300, `A preflight is answered ${status}.`);
      const allowed = headers.get('access-control-allow-headers')?.toLowerCase() ?? '';
      for (const name of ['authorization', 'content-type']) {
        check(allowed.includes(name), `A preflight does not allow the header ${name}.`);
      }
      check(
        headers.get('access-control-allow-methods')?.includes('PATCH'),
        'A preflight does not allow the method PATCH.',
      );
    },
  },
  {
    name: 'A refused token says how to authenticate',
    async run(client) {
      const { headers } = await client.expectRefusal(401, 'token_not_valid', 'GET', '/me/', {
        token: NO_TOKEN,
      });
      // API Gateway gives it another name, which docs/operations.md and the API description tell of.
      const name = ['www-authenticate', 'x-amzn-remapped-www-authenticate'].find((one) => headers.has(one));
      check(
        name && /^Bearer/.test(headers.get(name) ?? ''),
        'A refused token comes without WWW-Authenticate.',
      );
    },
  },
  {
    name: 'A body above 64 kB is refused in our words',
    async run(client) {
      await client.expectRefusal(413, 'payload_too_large', 'POST', '/login/', sized(65 * KILOBYTE));
    },
  },
  {
    name: 'A body above what Lambda takes is refused in our words',
    deployed_only: true,
    async run(client) {
      await client.expectRefusal(413, 'payload_too_large', 'POST', '/login/', sized(7 * MEGABYTE));
    },
  },
  {
    name: 'A body above what the gateway takes is refused in our words',
    deployed_only: true,
    async run(client) {
      await client.expectRefusal(413, 'payload_too_large', 'POST', '/login/', sized(11 * MEGABYTE));
    },
  },
  {
    name: 'A percent sign in a query arrives as one',
    async run(client) {
      const { batch_info } = await client.expect(200, 'GET', '/?search=100%25%20of%20nobody%20at%20all');
      check(batch_info.total_users === 0, 'A percent sign matches anything.');
    },
  },
  {
    name: 'Answers of a kilobyte and more are compressed',
    deployed_only: true,
    async run(client) {
      const { headers } = await client.send('GET', '/openapi.json', {
        headers: { 'Accept-Encoding': 'gzip' },
      });
      check(headers.get('content-encoding') === 'gzip', 'The description is not compressed.');
    },
  },
  {
    name: 'Nothing but public documents is kept in caches',
    async run(client) {
      const { headers } = await client.send('GET', '/');
      check(headers.get('cache-control') === 'no-store', 'A list may be kept in caches.');
    },
  },
  {
    name: 'No TLS below 1.2 is spoken',
    deployed_only: true,
    run: ({ url }) => refusesOldTls(new URL(url)),
  },
];

function refusesOldTls({ hostname, port }: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      {
        host: hostname,
        port: Number(port) || 443,
        servername: hostname,
        ...{ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' },
        ciphers: 'DEFAULT:@SECLEVEL=0',
      },
      () => {
        reject(new Fault('TLS 1.1 is spoken.'));
        socket.destroy();
      },
    );
    socket.once('error', () => resolve());
  });
}
