/** Most bytes of a list of users in an answer of at most 300 kB, in which some members stand around it. */
const LARGEST = 299_000;

/** Avatars of so many bytes always fit, on however many rows. */
const ORDINARY = 256;

/**
 * The users as one answer can hold them. A page of a hundred is larger than 300 kB only where many avatars are far longer
 * than ordinary ones: then those are left out (`null`), from the last row on, until the rest fits.
 */
export function fitPage<User extends { avatar: string | null }>(users: readonly User[]): User[] {
  let bytes = users.reduce((sum, user) => sum + sizeOf(user), 0);
  const fitted = [...users];
  for (let row = users.length - 1; row >= 0 && bytes > LARGEST; row--) {
    const user = users[row];
    if (!user?.avatar || user.avatar.length <= ORDINARY) continue;
    const without = { ...user, avatar: null };
    fitted[row] = without;
    bytes -= sizeOf(user) - sizeOf(without);
  }
  return fitted;
}

/** In bytes, with the comma between two. */
const sizeOf = (user: object) => Buffer.byteLength(JSON.stringify(user)) + 1;
