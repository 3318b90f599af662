/**
 * bcrypt's work factor in tests, one above its lowest: at that of people's passwords, hashing would take a third of a
 * run. `tests/unit/auth/passwords.test.ts` and `npm start` have the real one, and so have comparisons of times.
 */
export const PASSWORD_COST = '5';

/** The password of test users. */
export const PASSWORD = 'password123';

/** What registration stores for {@link PASSWORD}: to hash it again for every user would take most of a test run. */
export const PASSWORD_HASH = '$2b$05$nchriNzn9UzoZYof9VCVr.STEgPv3J56VeN1f0YuaRNxY.nKn/76e';

/** How a hash begins that is of the kind that is made in tests. */
export const OWN_HASH = /^\$2b\$05\$/;
