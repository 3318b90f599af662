/* Which records of the table's stream reach sendMail: those of mails that are asked for. */
const { mailItems } = require('../lib/table/keys.ts');

module.exports = [{ eventName: ['INSERT'], dynamodb: { Keys: { SK: { S: [mailItems] } } } }];
