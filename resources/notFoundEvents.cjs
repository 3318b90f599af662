/*
 * What `notFound` answers: every other method at every address of the API and at all that those begin with, for the
 * gateway takes these for addresses too (`/careers`, the root), and whatever else the greedy paths match.
 */
const { BASE_PATH, routes } = require('../lib/http/routes.ts');

const beginnings = Object.values(routes).flatMap(({ path }) =>
  `${BASE_PATH}${path}`.split('/').map((_, n, parts) => parts.slice(0, n + 1).join('/') || '/'),
);
const greedy = [`${BASE_PATH}/{username}/{proxy+}`, '/careers/{proxy+}', '/{proxy+}'];

module.exports = [...new Set(beginnings), ...greedy].map((address) => ({ http: `ANY ${address}` }));
