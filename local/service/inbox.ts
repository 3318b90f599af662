import { createRequire } from 'node:module';
import type ses from 'aws-ses-v2-local';
import { type Loopback, loopback } from './loopback.ts';
import { freePort } from './ports.ts';

/** A CommonJS module with a default export, which loaders do not agree on how to import. */
const { default: serve }: typeof ses = createRequire(import.meta.url)('aws-ses-v2-local');

/** Where the inbox is unless something else is there. */
const USUAL_PORT = 8005;

/** What stands for SES on a developer's machine: takes every mail, and shows all of them on a page until it ends. */
export async function startInbox(): Promise<Loopback> {
  const host = '127.0.0.1';
  const server = await serve({ host, port: USUAL_PORT });
  // It does not say so when it could not have the port.
  return loopback(server.listening ? server : await serve({ host, port: await freePort() }));
}
