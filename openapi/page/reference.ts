import description from '../openapi.json' with { type: 'json' };
import { buildPage } from './build.ts';
import type { Description } from './description.ts';

/**
 * The reference page of the description in this repository. Bundles have what this module exports in place of the
 * module and of all that it needs: see bundling.ts.
 */
export const page = await buildPage(description as unknown as Description);
