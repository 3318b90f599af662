import type { CallerRule } from '../../lib/http/declaration.ts';
import { type OperationId, routes } from '../../lib/http/routes.ts';
import type { Purpose } from '../../lib/mail/links.ts';
import { readDeclarations } from '../../openapi/declarations.ts';
import { type Answer, type Options, send } from './api.ts';
import {
  newUser,
  registration,
  storeFollow,
  storeLink,
  storeSession,
  type TestUser,
  uniqueName,
} from './users.ts';

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

const newPassword = { new_password: 'a-new-password', new_password_confirm: 'a-new-password' };

/** Endpoints that make every older token of their caller invalid. */
const ENDING: OperationId[] = ['changePassword', 'deleteMe', 'endMyOtherSessions'];

const bodies = (
  user: TestUser,
  other: TestUser,
  links: Record<Purpose, string>,
): Partial<Record<OperationId, object>> => ({
  register: registration(),
  login: { username: user.username, password: user.password },
  refreshToken: { refresh: user.refresh },
  logout: { refresh: user.refresh },
  forgetPassword: { email: user.email },
  resetPassword: { token: links.reset, ...newPassword },
  changePassword: { current_password: user.password, ...newPassword },
  verifyEmail: { token: links.verification },
  updateMe: { bio: 'New' },
  deleteMe: { password: user.password },
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
  const examples = bodies(user, other, {
    // Of somebody else, whose tokens nobody needs.
    reset: await storeLink('reset', await newUser()),
    verification: await storeLink('verification', user),
  });
  const id = await storeSession(user.username);
  await storeFollow(other, user);
  return declarations.map(({ operation, caller, body: schema, media_type }) => {
    const { method, path } = routes[operation];
    const body = examples[operation];
    if (schema && !body) throw new Error(`There is no example of a body for ${operation}.`);
    return {
      ...{ operation, method, body, caller, ends_tokens: ENDING.includes(operation) },
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
