import { readFile } from 'node:fs/promises';
import {
  type CryptoKey,
  importJWK,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { inject } from 'vitest';
import type { TestUser } from './api.ts';

/** The header and payload of a token, unverified. */
export function readToken(token: string): { header: JWTHeaderParameters; payload: JWTPayload } {
  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((part) => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header ?? ''), payload: JSON.parse(payload ?? '') };
}

/** The private key that the service under test signs with. */
export async function signingKey(): Promise<JWK> {
  const { keys } = JSON.parse(await readFile(`${inject('data')}/signing-keys.json`, 'utf8'));
  return keys[0];
}

/** A properly signed token for the user, like the one it got, but for the given claims and header parameters. */
export async function signToken(
  { access, refresh }: TestUser,
  kind: 'access' | 'refresh',
  claims: Partial<Record<keyof JWTPayload | 'username' | 'token_type', unknown>> = {},
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const real = readToken(kind === 'access' ? access : refresh);
  const key = (await importJWK(await signingKey(), 'RS256')) as CryptoKey;
  return new SignJWT({ ...real.payload, ...claims } as JWTPayload)
    .setProtectedHeader({ ...real.header, ...header })
    .sign(key);
}

/** Seconds since 1970. */
export const seconds = () => Math.floor(Date.now() / 1000);
