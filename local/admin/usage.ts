/** What an operator may do to a user, and what it does. */
const DESCRIPTIONS = {
  show: 'who it is, in what state, with how many sessions, and all counts',
  suspend: 'puts the user out of sight and logs it out everywhere; nothing is lost',
  restore: 'undoes that',
  'end-sessions': 'logs the user out everywhere',
  'verify-email': 'lets the address count as verified',
  recount: 'puts the counts of followers and followed right, from the edges',
  erase: 'deletes the account for good and erases all that is stored about it; takes a minute',
} as const;

/** The name of a command. */
export type CommandName = keyof typeof DESCRIPTIONS;

export const isCommand = (name: string): name is CommandName => Object.hasOwn(DESCRIPTIONS, name);

export const USAGE = `npm run admin -- <command> <username> [--stage STAGE [--region REGION] [--table TABLE]]

${Object.entries(DESCRIPTIONS)
  .map(([name, text]) => `  ${name.padEnd(14)}${text}`)
  .join('\n')}

Without --stage: on the local service that runs.
With --stage: on a deployed stage, with your own credentials.
`;

/** What an operator is told, in a sentence or two, instead of what was asked for. */
export class AdminRefused extends Error {
  override readonly name = 'AdminRefused';
}
