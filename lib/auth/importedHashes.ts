import { createHash, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

const DIGEST = 'sha256';
const DIGEST_BYTES = 32;

/** `pbkdf2_sha256$<iterations>$<salt>$<digest in Base64>`, as Django spells it. */
const PBKDF2 = /^pbkdf2_sha256\$([1-9]\d{0,9})\$([^$]{1,255})\$([A-Za-z0-9+/]{43}=)$/;

/** What follows `bcrypt_sha256$` is a hash of bcrypt, of the SHA-256 of the password in hexadecimal digits. */
const BCRYPT_SHA256 = /^bcrypt_sha256\$(\$2[aby]\$\d\d\$[./A-Za-z0-9]{53})$/;

/** A digest of PBKDF2, and what it was made with. */
interface Derived {
  iterations: number;
  salt: string;
  digest: Buffer;
}

/** A hash that another system made of a password, taken apart. */
export type ImportedHash =
  | ({ algorithm: 'pbkdf2_sha256' } & Derived)
  | { algorithm: 'bcrypt_sha256'; bcrypt: string };

/** Takes a hash of Django's apart; `undefined` for one of ours, and for anything else. */
export function readImportedHash(password_hash: string): ImportedHash | undefined {
  const [, iterations, salt = '', digest = ''] = PBKDF2.exec(password_hash) ?? [];
  if (iterations) {
    return {
      algorithm: 'pbkdf2_sha256',
      iterations: Number(iterations),
      salt,
      digest: Buffer.from(digest, 'base64'),
    };
  }
  const [, bcrypt] = BCRYPT_SHA256.exec(password_hash) ?? [];
  return bcrypt ? { algorithm: 'bcrypt_sha256', bcrypt } : undefined;
}

/** What `bcrypt_sha256` gives to bcrypt in the place of the password. */
export const bcryptInput = (password: string) => createHash(DIGEST).update(password).digest('hex');

/** Whether PBKDF2 of the password gives that digest. Works beside the event loop. */
export async function derivesTo(password: string, { iterations, salt, digest }: Derived): Promise<boolean> {
  return timingSafeEqual(await derive(password, salt, iterations, DIGEST_BYTES, DIGEST), digest);
}
