import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How to get what the browser tests need. */
export const CHROMIUM_HINT =
  'The browser test needs Chromium: install it (apt-get install chromium, or brew install --cask chromium), or name ' +
  'one in CHROMIUM_PATH.';

/** The Chromium of this machine, if it has one. `CHROMIUM_PATH` names it where it is not in a usual place. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  const usual = [...FOLDERS.flatMap((folder) => NAMES.map((name) => join(folder, name))), MAC];
  return (CHROMIUM_PATH ? [CHROMIUM_PATH] : usual).find((path) => existsSync(path));
}

/** Starts the Chromium of this machine, without a window. Throws {@link CHROMIUM_HINT} where there is none. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(CHROMIUM_HINT);
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}
