import { Logger } from '@aws-lambda-powertools/logger';

/** The one logger: structured JSON. Give it named fields only; never an event, a body, a token or an address. */
export const log = new Logger({ serviceName: 'users-api' });
