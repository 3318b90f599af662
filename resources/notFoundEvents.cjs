/*
 * What `notFound` answers: every other method at every address of the API, and every other address. A greedy path
 * (`{proxy+}`) does not match its own beginning, and the gateway refuses one beside a variable.
 */
const { BASE_PATH, routes } = require('../lib/http/routes.ts');

const addresses = new Set(Object.values(routes).map(({ path }) => `${BASE_PATH}${path}`));
const others = [`${BASE_PATH}/{username}/{proxy+}`, '/careers/{proxy+}', '/{proxy+}', '/'];

module.exports = [...addresses, ...others].map((address) => ({ http: `ANY ${address}` }));
