import fc from 'fast-check';
import { expect, test } from 'vitest';
import { invokeFunction, type Response, resources } from '../support/gateway.ts';
import { newUser, registration } from '../support/users.ts';

const RUNS = Number(process.env.BAD_INPUT_RUNS);

/** Stands in for whatever must never come back: in passwords, in tokens, in headers. */
const SECRET = 'Secret-b2f7c1';

const { id, username, access, refresh } = await newUser();

const text = fc.string({ unit: 'binary', maxLength: 200 });
const hostile = fc.constantFrom(
  ...[
    '__proto__',
    'constructor',
    '\u0000',
    '💥'.repeat(200),
    '../../etc/passwd',
    "' OR 1=1 --",
    '%00',
    '%',
    '"',
  ],
  ...[
    '{"$gt":""}',
    '<script>',
    '-1',
    '1e400',
    '9007199254740993',
    ' ',
    'me',
    username,
    'NaN',
    '\ud800',
    '0'.repeat(9000),
  ],
);
const anyText = fc.oneof(text, hostile);

const secretText = anyText.map((around) => `${SECRET}${around}`);

const knownFields: Record<string, fc.Arbitrary<unknown>> = {
  username: fc.oneof(anyText, fc.constant(username)),
  email: anyText,
  password: secretText,
  password_confirm: secretText,
  refresh: fc.oneof(secretText, fc.constant(`${refresh}${SECRET}`)),
  first_name: anyText,
  last_name: anyText,
  bio: anyText,
  avatar: fc.oneof(anyText, fc.webUrl()),
  following: fc.oneof(fc.integer(), fc.double(), fc.constant(id)),
};

const wrongType = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant({ __proto__: null }));

const objectBody = fc
  .record(
    Object.fromEntries(
      Object.entries(knownFields).map(([name, value]) => [
        name,
        fc.oneof({ weight: 3, arbitrary: value }, wrongType),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((fields) => JSON.stringify(fields));

const nested = fc.integer({ min: 1, max: 20_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth));

const body = fc.oneof(
  { weight: 4, arbitrary: objectBody },
  { weight: 1, arbitrary: fc.json() },
  {
    weight: 1,
    arbitrary: fc.oneof(
      text,
      nested,
      nested.map((deep) => `{"bio":${deep}}`),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      undefined,
      '',
      '{',
      'null',
      JSON.stringify(registration()),
      `"${'x'.repeat(70_000)}"`,
    ),
  },
);

const authorization = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(`Bearer ${access}`, `bearer   ${access}`, `Bearer ${refresh}`, 'Bearer', 'Basic Og=='),
  secretText.map((token) => `Bearer ${token}`),
  secretText,
);

const contentType = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom('application/json', 'text/plain', 'application/json; charset=latin1', 'a/b+json', ';'),
  text,
);

const headers = fc
  .record({
    Authorization: authorization,
    'Content-Type': contentType,
    others: fc.dictionary(fc.string({ maxLength: 20 }), anyText, { maxKeys: 3 }),
  })
  .map(({ others, ...named }) => {
    const given = Object.entries({ ...others, ...named }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given) as Record<string, string>;
  });

const parameter = fc.constantFrom(
  'search',
  'first_name',
  'last_name',
  'ordering',
  'batch_size',
  'batch_number',
  'cursor',
  'other',
);

const query = fc
  .array(
    fc.tuple(
      parameter,
      fc.oneof(anyText, fc.constantFrom('1', '-username', '100', 'W10', 'WyJhIiwiYiIsImMiXQ')),
    ),
    { maxLength: 4 },
  )
  .map((pairs) =>
    pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&'),
  );

const segment = fc.oneof(
  fc.constantFrom(
    username,
    'me',
    '%',
    '%E0%A4%A',
    '%00',
    '..%2f..%2f',
    'a'.repeat(3000),
    'ALICE',
    '%F0%9F%92%A5',
  ),
  anyText.map((value) => encodeURIComponent(value.toWellFormed())),
);

function expectProperAnswer({ status, headers, text: answer }: Response) {
  expect(status).toBeLessThan(500);
  expect(answer).not.toContain(SECRET);
  expect(JSON.stringify(headers)).not.toContain(SECRET);
  if (status < 400) return;
  expect(headers['content-type']).toBe('application/problem+json');
  expect(JSON.parse(answer)).toMatchObject({
    type: 'about:blank',
    title: expect.stringMatching(/./),
    status,
    detail: expect.stringMatching(/./),
    code: expect.stringMatching(/^[a-z_]+$/),
  });
  expect(answer).not.toMatch(/node_modules|\bat .*:\d+:\d+|DynamoDB|Exception|users-[0-9a-f]{8}-/);
}

test.each(resources.filter(({ method }) => method !== 'ANY'))(
  '$name answers any $method $path properly',
  { timeout: 300_000 },
  async ({ method, path }) => {
    let address = 0;
    await fc.assert(
      fc.asyncProperty(segment, query, headers, body, async (name, search, given, content) => {
        // A segment of dots is none: clients resolve it before they send anything.
        const filled = path.replace('{username}', /^(\.|%2e)*$/i.test(name) ? 'nobody' : name);
        const source_ip = `10.1.${(address >> 8) & 255}.${address++ & 255}`;
        const sent = {
          method,
          path: `${filled}${search && `?${search}`}`,
          headers: given,
          body: content,
          source_ip,
        };
        expectProperAnswer(await invokeFunction(sent));
      }),
      { numRuns: RUNS },
    );
  },
);
