import { serverless } from './serverless.ts';

/** An operation with the method and the path that the gateway routes to it. */
export interface Address {
  name: string;
  method: string;
  path: string;
}

/** Every method and path that serverless.yml routes to a function; `ANY` left out. */
export const addresses: Address[] = Object.entries(serverless.functions).flatMap(([name, { events }]) =>
  events.flatMap(({ http }) => {
    const [method = '', path = ''] = http?.split(' ') ?? [];
    return http && method !== 'ANY' ? [{ name, method, path }] : [];
  }),
);
