/**
 * What each function may do on AWS, besides writing its own log and traces: operations of the table (of the
 * directory's snapshots in it alone), of the index `GSI1`, reading the signing keys, and writing to a queue. The packaged roles must say the same, and the endpoints must need all of it.
 */
export const rights: Record<string, string[]> = {
  register: ['table PutItem', 'table UpdateItem', 'keys GetParameter'],
  login: ['table BatchGetItem', 'table UpdateItem', 'keys GetParameter'],
  refreshToken: ['table BatchGetItem', 'keys GetParameter'],
  logout: ['table GetItem', 'table UpdateItem'],
  listUsers: ['table BatchGetItem', 'table GetItem', 'table Query', 'index Query', 'snapshot DeleteItem'],
  writeSnapshot: [
    'table BatchGetItem',
    'table GetItem',
    'index Query',
    'snapshot DeleteItem',
    'snapshot PutItem',
    'snapshot UpdateItem',
  ],
  getUser: ['table GetItem', 'table Query'],
  getMe: ['table Query'],
  updateMe: ['table DeleteItem', 'table GetItem', 'table PutItem', 'table UpdateItem'],
  followUser: ['table GetItem', 'table PutItem', 'table UpdateItem'],
  unfollowUser: ['table DeleteItem', 'table GetItem', 'table UpdateItem'],
  listMyFollowing: ['table GetItem', 'table Query'],
  listFollowers: ['table BatchGetItem', 'table GetItem', 'table Query', 'index Query'],
  listFollowing: ['table BatchGetItem', 'table GetItem', 'table Query'],
  getMyStats: ['table Query'],
  recordActivity: ['table GetItem', 'table PutItem', 'table UpdateItem', 'dead letters SendMessage'],
  getJwks: [],
  getOpenidConfiguration: [],
  getOpenapi: [],
  getDocs: [],
  notFound: [],
};
