/*
 * Which records of the table's stream reach publishEvents: those of items whose changes make events. Lambda drops the
 * others (counters, failed logins, snapshots) without a charge.
 */
const { eventfulItems } = require('../lib/table/keys.ts');

module.exports = [{ dynamodb: { Keys: { SK: { S: Object.values(eventfulItems) } } } }];
