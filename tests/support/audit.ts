/**
 * What does not fit together in the table of this file, one sentence each: what `npm run admin -- audit` finds, which has one list
 * of all that must hold.
 */
export async function findContradictions(): Promise<string[]> {
  // Loaded here, for some tests change where the database is before anything of lib/ is loaded.
  const { audit } = await import('../../local/audit/audit.ts');
  const { contradictions } = await audit({ settling: 100 });
  return contradictions.map(({ key, says }) => `${key} ${says}`);
}
