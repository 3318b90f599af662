import { startProgress } from '../local/seed/progress.ts';
import { assembleCast } from './cast.ts';
import { coldStartSteps, measureColdStarts } from './coldStarts.ts';
import { handlerSteps, measureHandlers, reportCosts, reportLatency } from './handlers.ts';
import { httpSteps, measureHttp } from './http.ts';
import { measureLogins } from './logins.ts';
import type { Section } from './report.ts';
import { measureScale, scaleSteps } from './scale.ts';
import { scenarios } from './scenarios.ts';
import type { Stage } from './stage.ts';

/** Costs, latencies, cold starts and logins, endpoint by endpoint. */
export async function measureEndpoints(stage: Stage): Promise<Section[]> {
  const all = scenarios(await assembleCast());

  const starting = startProgress('Cold starts', coldStartSteps(all));
  const cold = await measureColdStarts(stage.fleet, stage.bundles, all, starting);
  starting.finish();
  const handling = startProgress('Handlers', handlerSteps(all));
  const measured = await measureHandlers(stage.fleet, all, handling);
  handling.finish();
  const sending = startProgress('HTTP', httpSteps(all));
  const http = await measureHttp(stage, all, sending);
  sending.finish();
  const login = all.find(({ name }) => name === 'login');
  const logins = login ? [await measureLogins(stage.fleet, login)] : [];
  return [reportCosts(measured), reportLatency(measured), http, cold, ...logins];
}

/** What changes with the number of users, up to `largest`. */
export async function measureGrowth(stage: Stage, largest: number): Promise<Section[]> {
  const growing = startProgress('Scale', scaleSteps(largest));
  const sections = await measureScale(stage.fleet, largest, growing);
  growing.finish();
  return sections;
}
