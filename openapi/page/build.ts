import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Description } from './description.ts';
import { ADDRESS_PLACEHOLDER, renderPage } from './page.ts';

/** The reference page, ready to be sent. */
export interface ReferencePage {
  /** What in the page stands for the base URL of the deployment. */
  address_placeholder: string;
  content_security_policy: string;
  html: string;
}

/**
 * Renders the reference page of an API description, with its one style and one script inside. The policy names both
 * by their hashes and lets the page talk to its own host only.
 */
export async function buildPage(description: Description): Promise<ReferencePage> {
  const style = await bundle('style.css');
  const script = await bundle('browser/script.ts');
  return {
    address_placeholder: ADDRESS_PLACEHOLDER,
    content_security_policy: [
      "default-src 'none'",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].join('; '),
    html: renderPage(description, style, script),
  };
}

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, file)],
    bundle: true,
    minify: true,
    write: false,
    target: ['chrome111', 'firefox114', 'safari16.4'],
    logLevel: 'silent',
  });
  return outputFiles[0]?.text.trim() ?? '';
}

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
