/** Costs, latencies, cold starts and logins, one kind of request after the other. */
import { startProgress } from '../../local/seed/progress.ts';
import { measureColdStarts } from '../endpoints/coldStarts.ts';
import { measureHandlers } from '../endpoints/handlers.ts';
import { measureHttp } from '../endpoints/http.ts';
import { measureLogins } from '../endpoints/logins.ts';
import { preparePeople } from '../endpoints/people.ts';
import { scenarios } from '../endpoints/scenarios.ts';
import { answer } from '../harness/child.ts';
import type { Section } from '../harness/report.ts';

const PEOPLE = 1000;

const all = scenarios(await preparePeople(PEOPLE, startProgress('People', 2 * PEOPLE)));
const cold = await measureColdStarts(all);
const handling = await measureHandlers(all);
const http = await measureHttp(all);
const login = all.filter(({ title }) => title === 'login');
const logins = await Promise.all(login.map(measureLogins));
answer([...handling, http, cold, ...logins] satisfies Section[]);
