import { brotliCompressSync } from 'node:zlib';
import { dictionary } from '@zxcvbn-ts/language-common';

/** How many of the most common passwords are too common. */
const COUNT = 10_000;

const mostCommon = (dictionary['passwords-common'] ?? []).slice(0, COUNT);

/**
 * The most common passwords, in lower case, in alphabetical order, a line each: under Brotli, in base 64. Bundles have
 * what this module exports in place of the module and of the library: see openapi/page/bundling.ts.
 */
export const packed = brotliCompressSync(mostCommon.toSorted().join('\n')).toString('base64');
