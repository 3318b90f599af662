import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, inject, test } from 'vitest';
import type { DeliveredEvent } from '../../local/service/stream/sink.ts';
import schemas from '../../openapi/events.json' with { type: 'json' };
import { post } from '../support/api.ts';
import { subjectOf, told, withoutRepeats } from '../support/tellings.ts';
import { changeProfile, follow, registerUser, registration, unfollow } from '../support/users.ts';

const ajv = new Ajv2020();
formats.default(ajv);

/** What a sibling service got by now of what that user did. */
async function eventsOf(username: string): Promise<DeliveredEvent[]> {
  const text = await readFile(join(inject('data'), 'events.ndjson'), 'utf8').catch(() => '');
  const events: DeliveredEvent[] = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return withoutRepeats(events).filter((event) => subjectOf(event) === username);
}

test('what a user does over HTTP reaches the bus in its order, as the schemas say', async () => {
  const [alice, bob] = [await registerUser(), await registerUser()];
  await follow(alice, bob);
  await changeProfile(alice, { bio: 'hello', email: registration().email });
  await unfollow(alice, bob);
  const passwords = { new_password: 'a-new-password', new_password_confirm: 'a-new-password' };
  await post('/me/password/', { current_password: alice.password, ...passwords }, { token: alice.access });

  await expect.poll(() => eventsOf(alice.username), { timeout: 20_000 }).toHaveLength(6);
  const events = await eventsOf(alice.username);
  const user = { id: alice.id, username: alice.username };
  const edge = { follower: user, followed: { id: bob.id, username: bob.username } };
  expect(events.map(told)).toEqual([
    { type: 'UserRegistered', user },
    { type: 'UserFollowed', ...edge },
    { type: 'ProfileUpdated', user, changed: ['bio'] },
    { type: 'EmailChanged', user },
    { type: 'UserUnfollowed', ...edge },
    { type: 'PasswordChanged', user },
  ]);
  for (const event of events) {
    const schema = schemas[event['detail-type'] as keyof typeof schemas];
    expect(ajv.validate(schema, event), ajv.errorsText()).toBe(true);
  }
});
