/** Where the API lives below the host. */
export const BASE_PATH = '/careers/users';

interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below {@link BASE_PATH}, without a trailing slash; the same address with one answers alike. */
  path: string;
}

/** Every endpoint, by the name that its file, its function and its operation carry. */
export const routes = {
  register: { method: 'POST', path: '/register' },
  login: { method: 'POST', path: '/login' },
  refreshToken: { method: 'POST', path: '/token/refresh' },
  logout: { method: 'POST', path: '/logout' },
  forgetPassword: { method: 'POST', path: '/password/forgot' },
  resetPassword: { method: 'POST', path: '/password/reset' },
  changePassword: { method: 'POST', path: '/me/password' },
  verifyEmail: { method: 'POST', path: '/email/verify' },
  requestVerification: { method: 'POST', path: '/me/email/verification' },
  getAvailability: { method: 'GET', path: '/availability' },
  listUsers: { method: 'GET', path: '' },
  getUser: { method: 'GET', path: '/{username}' },
  getMe: { method: 'GET', path: '/me' },
  updateMe: { method: 'PATCH', path: '/me/update' },
  deleteMe: { method: 'DELETE', path: '/me' },
  exportMe: { method: 'GET', path: '/me/export' },
  followUser: { method: 'POST', path: '/follow' },
  unfollowUser: { method: 'DELETE', path: '/{username}/unfollow' },
  listMyFollowing: { method: 'GET', path: '/following' },
  listMyFollowers: { method: 'GET', path: '/me/followers' },
  listMyFollowedUsers: { method: 'GET', path: '/me/following' },
  listFollowers: { method: 'GET', path: '/{username}/followers' },
  listFollowing: { method: 'GET', path: '/{username}/following' },
  listRelationships: { method: 'GET', path: '/relationships' },
  removeFollower: { method: 'DELETE', path: '/{username}/remove-follower' },
  reportUser: { method: 'POST', path: '/{username}/report' },
  blockUser: { method: 'POST', path: '/block' },
  listMyBlocks: { method: 'GET', path: '/blocked' },
  unblockUser: { method: 'DELETE', path: '/{username}/unblock' },
  listMySessions: { method: 'GET', path: '/me/sessions' },
  endMySession: { method: 'DELETE', path: '/me/sessions/{id}' },
  endMyOtherSessions: { method: 'DELETE', path: '/me/sessions' },
  getMyStats: { method: 'GET', path: '/me/stats' },
  getJwks: { method: 'GET', path: '/.well-known/jwks.json' },
  getOpenidConfiguration: { method: 'GET', path: '/.well-known/openid-configuration' },
  getOpenapi: { method: 'GET', path: '/openapi.json' },
  getDocs: { method: 'GET', path: '/docs' },
} as const satisfies Record<string, Route>;

/** The name of an endpoint. */
export type OperationId = keyof typeof routes;

/**
 * The methods that the endpoints at a path answer; none for an unknown path. As in the gateway, a path that is spelled
 * out (`/me`) hides what a variable (`/{username}`) would make of it.
 */
export function methodsAt(path: string): string[] {
  const spelledOut = routesAt(path).filter((route) => !route.path.includes('{'));
  const found = spelledOut.length > 0 ? spelledOut : routesAt(path);
  return [...new Set(found.map(({ method }) => method))];
}

/** Whether some endpoint answers that method at that path, a username in the path being anything. */
export function isRouted(method: string, path: string): boolean {
  return routesAt(path).some((route) => route.method === method);
}

function routesAt(path: string): Route[] {
  const segments = path.replace(/\/+$/, '').split('/');
  return Object.values<Route>(routes).filter((route) => fits(`${BASE_PATH}${route.path}`, segments));
}

/** Whether a path, split at its slashes, is one that the template describes. */
function fits(template: string, segments: readonly string[]): boolean {
  const expected = template.split('/');
  return (
    expected.length === segments.length &&
    expected.every((part, n) => part === segments[n] || (part.startsWith('{') && segments[n] !== ''))
  );
}
