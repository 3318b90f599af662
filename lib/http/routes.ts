/** Where the API lives below the host. */
export const BASE_PATH = '/careers/users';

interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below {@link BASE_PATH}, without a trailing slash; the same address with one answers alike. */
  path: string;
  /** The path of the same function for the caller's own lists, where the gateway needs it spelled out. */
  own_path?: string;
}

/** Every endpoint, by the name that its file, its function and its operation carry. */
export const routes = {
  register: { method: 'POST', path: '/register' },
  login: { method: 'POST', path: '/login' },
  refreshToken: { method: 'POST', path: '/token/refresh' },
  logout: { method: 'POST', path: '/logout' },
  listUsers: { method: 'GET', path: '' },
  getUser: { method: 'GET', path: '/{username}' },
  getMe: { method: 'GET', path: '/me' },
  updateMe: { method: 'PATCH', path: '/me/update' },
  followUser: { method: 'POST', path: '/follow' },
  unfollowUser: { method: 'DELETE', path: '/{username}/unfollow' },
  listMyFollowing: { method: 'GET', path: '/following' },
  listFollowers: { method: 'GET', path: '/{username}/followers', own_path: '/me/followers' },
  listFollowing: { method: 'GET', path: '/{username}/following', own_path: '/me/following' },
  getMyStats: { method: 'GET', path: '/me/stats' },
  getJwks: { method: 'GET', path: '/.well-known/jwks.json' },
  getOpenidConfiguration: { method: 'GET', path: '/.well-known/openid-configuration' },
  getOpenapi: { method: 'GET', path: '/openapi.json' },
  getDocs: { method: 'GET', path: '/docs' },
} as const satisfies Record<string, Route>;

/** The name of an endpoint. */
export type OperationId = keyof typeof routes;

/**
 * The methods that the endpoints at a path answer; none for an unknown path. Where a path is spelled out, what it
 * would mean as a username does not count.
 */
export function methodsAt(path: string): string[] {
  const spelledOut = routesAt(path).filter(({ template }) => !template.includes('{'));
  const found = spelledOut.length > 0 ? spelledOut : routesAt(path);
  return [...new Set(found.map(({ method }) => method))];
}

/** Whether some endpoint answers that method at that path, a username in the path being anything. */
export function isRouted(method: string, path: string): boolean {
  return routesAt(path).some((route) => route.method === method);
}

function routesAt(path: string): { method: string; template: string }[] {
  const segments = path.replace(/\/+$/, '').split('/');
  return Object.values<Route>(routes)
    .flatMap(({ method, path: own, own_path = own }) =>
      [own, own_path].map((template) => ({ method, template })),
    )
    .filter(({ template }) => matches(`${BASE_PATH}${template}`, segments));
}

function matches(template: string, segments: string[]): boolean {
  const expected = template.split('/');
  return (
    expected.length === segments.length &&
    expected.every((part, n) => part === segments[n] || (part.startsWith('{') && segments[n] !== ''))
  );
}
