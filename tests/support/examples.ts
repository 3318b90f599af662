import type { CallerRule } from '../../lib/http/declaration.ts';
import { type OperationId, routes } from '../../lib/http/routes.ts';
import { readDeclarations } from '../../openapi/declarations.ts';
import { type Answer, type Options, send } from './api.ts';
import { follow, newUser, registration, storeSession, type TestUser, uniqueName } from './users.ts';

/** A request that an endpoint answers with success. */
export interface Example {
  operation: OperationId;
  method: string;
  /** Below the base path, without a trailing slash and without what is asked. */
  path: string;
  /** What is asked, after a question mark; mostly nothing. */
  query: string;
  body: object | undefined;
  caller: CallerRule;
  media_type: string;
  /** Whether it asks for a public document, which is the same for everybody. */
  is_document: boolean;
  /** Whether it makes every older token of its caller invalid, so that each one is sent by a caller of its own. */
  ends_tokens: boolean;
}

const bodies = (user: TestUser, other: TestUser): Partial<Record<OperationId, object>> => ({
  register: registration(),
  login: { username: user.username, password: user.password },
  refreshToken: { refresh: user.refresh },
  logout: { refresh: user.refresh },
  updateMe: { bio: 'New' },
  followUser: { following: other.id },
  reportUser: { reason: 'other', text: 'Hm.' },
  blockUser: { blocked: other.id },
});

const queries = (other: TestUser): Partial<Record<OperationId, string>> => ({
  getAvailability: `?username=${uniqueName()}`,
  listRelationships: `?usernames=${other.username}`,
});

/**
 * A request for every endpoint, made from its declaration, in the order of the routes: as `user` would send it, about
 * `other` where it is about somebody. In this order all of them succeed.
 */
export async function exampleRequests(user: TestUser, other: TestUser): Promise<Example[]> {
  const declarations = Object.values(await readDeclarations());
  const examples = bodies(user, other);
  const id = await storeSession(user.username);
  await follow(other, user);
  return declarations.map(({ operation, caller, body: schema, media_type }) => {
    const { method, path } = routes[operation];
    const body = examples[operation];
    if (schema && !body) throw new Error(`There is no example of a body for ${operation}.`);
    return {
      ...{ operation, method, body, caller, ends_tokens: operation === 'endMyOtherSessions' },
      path: path.replace('{username}', other.username).replace('{id}', id),
      query: queries(other)[operation] ?? '',
      ...{ media_type: media_type ?? 'application/json', is_document: media_type !== undefined },
    };
  });
}

/** Sends an example; a token that is given stands for its user's, where that one would not be taken again. */
export async function sendExample(example: Example, options: Options = {}): Promise<Answer> {
  const { method, path, query, body } = example;
  return send(method, `${path}${query}`, body, { ...options, token: await tokenFor(example, options.token) });
}

/** The token to send the example with, where it would be `token`. */
export const tokenFor = async ({ ends_tokens }: Example, token: string | undefined) =>
  ends_tokens && token !== undefined ? (await newUser()).access : token;
