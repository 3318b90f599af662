import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import description from '../../openapi/openapi.json' with { type: 'json' };
import { CHROMIUM_HINT, findChromium, startChromium } from '../support/browser.ts';
import { registerUser, registration, uniqueName } from '../support/users.ts';

const operations = Object.values<Record<string, { operationId: string }>>(description.paths)
  .flatMap((methods) => Object.values(methods))
  .map(({ operationId }) => operationId);

/** A machine without Chromium tests the rest, and says so; the build may not. */
const isMissing = !process.env.CI && !findChromium();
if (isMissing) process.stderr.write(`\nNot tested: the reference page. ${CHROMIUM_HINT}\n`);

describe.skipIf(isMissing)('the reference page', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startChromium();
  });

  afterAll(() => browser?.close());

  /** Opens the page; `complaints` gathers errors, refused content and requests to other hosts. */
  async function open({ width = 1280, path = '/docs/', dark = false } = {}) {
    const page = await browser.newPage({
      viewport: { width, height: 800 },
      colorScheme: dark ? 'dark' : 'light',
    });
    const complaints: string[] = [];
    const { host } = new URL(inject('service'));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && url.host !== host) complaints.push(request.url());
    });
    await page.goto(`${inject('service')}${path}`);
    return { page, complaints };
  }

  /** Sends the form of an operation as it stands, and answers what came back. */
  async function send(page: Page, operation: string, fields: Record<string, string> = {}) {
    const section = page.locator(`#${operation}`);
    const panel = section.locator('details.try');
    if (!(await panel.evaluate((element) => element.hasAttribute('open')))) {
      await panel.locator('summary').click();
    }
    for (const [name, value] of Object.entries(fields)) {
      const field = panel.locator(`[name="${name}"]`);
      if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(value);
      else await field.fill(value);
    }
    await panel.getByRole('button').click();
    const outcome = panel.getByRole('status');
    await outcome.getByText(/^\d{3} · /).waitFor();
    return {
      status: Number.parseInt((await outcome.textContent()) ?? '', 10),
      body: JSON.parse((await panel.locator('.result').textContent()) || 'null'),
    };
  }

  test.each(['/docs/', '/docs'])(
    'shows every endpoint at %s, and nothing is refused or foreign',
    async (path) => {
      const { page, complaints } = await open({ path });
      const shown = await page.locator('section.operation').evaluateAll((all) => all.map(({ id }) => id));
      expect(shown.toSorted()).toEqual(operations.toSorted());
      expect(await page.locator('body').textContent()).toContain(inject('service'));
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  test('registers, reads me with the token, logs out and in again', async () => {
    const { page, complaints } = await open();
    const { username, email, password, password_confirm } = registration();
    const registered = await send(page, 'register', {
      body: JSON.stringify({ username, email, password, password_confirm }),
    });
    expect(registered.status).toBe(201);
    expect(await page.locator('#session-state').textContent()).toBe(`Signed in as ${username}`);
    expect(await send(page, 'getMe')).toMatchObject({ status: 200, body: { username, email } });

    expect((await send(page, 'logout')).status).toBe(200);
    expect(await page.locator('#session-state').textContent()).toBe('Not signed in');

    const loggedIn = await send(page, 'login', { body: JSON.stringify({ username, password }) });
    expect(loggedIn.status).toBe(200);
    expect((await send(page, 'getMe')).body.id).toBe(registered.body.user.id);
    expect((await send(page, 'refreshToken')).status).toBe(200);
    expect((await send(page, 'getUser', { username })).body.username).toBe(username);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('shows a failure as it is, and takes a pasted token', async () => {
    const { page } = await open();
    expect(await send(page, 'getMe')).toMatchObject({ status: 401, body: { code: 'not_authenticated' } });
    await page.locator('.session > summary').click();
    await page.getByRole('textbox', { name: 'Access token' }).fill('no token');
    await page.getByRole('button', { name: 'Use this token' }).click();
    expect((await send(page, 'getMe')).body.code).toBe('token_not_valid');
    await page.close();
  });

  test.each([320, 390, 768, 1280])('needs no sideways scrolling at a width of %i pixels', async (width) => {
    const { page } = await open({ width });
    for (const details of await page.locator('details.more, details.try').all()) {
      await details.evaluate((element) => element.setAttribute('open', ''));
    }
    const content = await page.evaluate('document.documentElement.scrollWidth');
    expect(content).toBeLessThanOrEqual(width);
    await page.close();
  });

  test.each([320, 360, 390])('needs none either under a long name, at %i pixels', async (width) => {
    const { page } = await open({ width });
    const username = `${uniqueName('w')}${'W'.repeat(100)}`;
    const body = JSON.stringify(registration({ username }));
    expect((await send(page, 'register', { body })).status).toBe(201);
    await page.locator('.session > summary').click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });

  test('keeps the session through a reload, and forgets it when told', async () => {
    const { page } = await open();
    await send(page, 'register');
    const signedIn = await page.locator('#session-state').textContent();
    expect(signedIn).toMatch(/^Signed in as alice-/);
    await page.reload();
    expect(await page.locator('#session-state').textContent()).toBe(signedIn);
    expect((await send(page, 'getMe')).status).toBe(200);
    expect((await send(page, 'refreshToken')).status).toBe(200);
    await page.locator('.session > summary').click();
    await page.getByRole('button', { name: 'Forget the tokens' }).click();
    await page.reload();
    expect(await page.locator('#session-state').textContent()).toBe('Not signed in');
    await page.close();
  });

  test('fills in what works, twice on one database: a new name, somebody from the last list', async () => {
    const { page, complaints } = await open();
    // People whom no other test deletes meanwhile.
    const bio = uniqueName();
    await Promise.all([registerUser({ bio }), registerUser({ bio })]);
    for (const _ of ['first', 'second']) {
      expect((await send(page, 'register')).status).toBe(201);
      const { body } = await send(page, 'listUsers', { search: bio });
      expect(body.users).toHaveLength(2);
      const [followed, profile, unfollowed] = [
        await send(page, 'followUser'),
        await send(page, 'getUser'),
        await send(page, 'unfollowUser'),
      ];
      expect([followed.status, profile.status, unfollowed.status]).toEqual([201, 200, 200]);
      expect(followed.body.following).toBe(profile.body.id);
      expect((await send(page, 'login')).status).toBe(200);
      expect((await send(page, 'logout')).status).toBe(200);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('has a sample in four languages beside each endpoint, an address for it, and copies the first', async () => {
    const { page, complaints } = await open({ path: '/docs/#followUser' });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    for (const operation of operations) {
      const captions = await page.locator(`#${operation} figcaption`).allTextContents();
      for (const language of ['curl', 'JavaScript', 'Swift', 'Kotlin']) {
        expect(captions.join(), operation).toContain(language);
      }
      expect(await page.locator(`#${operation} h3 a`).getAttribute('href')).toBe(`#${operation}`);
    }
    await page.locator('#followUser figure').first().getByRole('button').click();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    expect(copied).toContain(`curl ${inject('service')}/follow/`);
    expect(copied).toContain('"following": 2');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('leaves what a search finds in sight', async () => {
    const { page } = await open();
    const visible = async () =>
      (await page.locator('section.operation:visible').evaluateAll((all) => all.map(({ id }) => id))).length;
    await page.getByRole('searchbox', { name: 'Search' }).fill('already_following');
    expect(await visible()).toBe(1);
    expect(await page.locator('#followUser').isVisible()).toBe(true);
    expect(await page.locator('nav a:visible').count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search' }).fill('');
    expect(await visible()).toBe(operations.length);
    await page.close();
  });

  test('can be read and used with the keyboard, and every field has a name', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    const unnamed = await page
      .locator('input, select, textarea, button')
      .evaluateAll((all) => all.filter((field) => !field.closest('label') && !field.textContent));
    expect(unnamed).toEqual([]);
    await page.close();
  });
});
