import { createHash, pbkdf2Sync } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hash } from 'bcryptjs';
import { friends, person } from '../../local/seed/people.ts';

/** The one password of everybody. */
export const PASSWORD = 'password123';

/** What Django 5.2 makes of it unless it is told otherwise, and with its other hashers. */
const ITERATIONS = 1_000_000;
const COST = 12;

/** The first of their people, by what their passwords are hashed with. */
export const HASHED = { pbkdf2_sha256: 1, bcrypt_sha256: 2, bcrypt: 3 };

/** Writes users, and whom they follow, as another system would give them away. */
export async function writeImportFiles(
  folder: string,
  { users, follows }: { users: number; follows: number },
): Promise<{ users: string; follows: string }> {
  const derived = pbkdf2Sync(PASSWORD, 'salt', ITERATIONS, 32, 'sha256').toString('base64');
  const digest = createHash('sha256').update(PASSWORD).digest('hex');
  const hashes = [
    `pbkdf2_sha256$${ITERATIONS}$salt$${derived}`,
    `bcrypt_sha256$${await hash(digest, COST)}`,
    `bcrypt$${await hash(PASSWORD, COST)}`,
  ];
  const time = (second: number) => new Date(Date.UTC(2024, 0, 1) + second * 1000).toISOString();
  const files = { users: join(folder, 'users.jsonl'), follows: join(folder, 'follows.jsonl') };

  function* userLines() {
    for (let id = 1; id <= users; id++) {
      const password = hashes[(id - 1) % hashes.length];
      yield `${JSON.stringify({ id, ...person(id), password, created_at: time(id) })}\n`;
    }
  }
  function* followLines() {
    let id = 0;
    for (let follower = 1; follower <= users; follower++) {
      for (const following of friends(follower, { size: users, follows })) {
        yield `${JSON.stringify({ id: ++id, follower, following, created_at: time(users + id) })}\n`;
      }
    }
  }
  await pipeline(Readable.from(userLines()), createWriteStream(files.users));
  await pipeline(Readable.from(followLines()), createWriteStream(files.follows));
  return files;
}
