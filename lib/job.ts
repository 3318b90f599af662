import type { Context } from 'aws-lambda';
import { withDeadline } from './deadline.ts';
import { log, nameOf, placesOf } from './log.ts';
import { consumption, metered } from './meter.ts';
import { counting } from './metrics.ts';
import { Defect } from './problems.ts';

/**
 * Builds the Lambda handler of a function that no endpoint reaches: within its deadline, and with one log line under
 * its own name that has what `work` returns and what it cost. Lambda is told what `answer` makes of that; nothing
 * unless said. What `work` throws is logged and thrown on, so that Lambda tries again and, in the end, hands the event
 * to a dead-letter queue.
 */
export function job<Event, Outcome extends object, Answer = void>(
  name: string,
  work: (event: Event) => Promise<Outcome>,
  answer?: (outcome: Outcome) => Answer,
) {
  return (event: Event, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<Answer | undefined> =>
    metered(async () => {
      const start = performance.now();
      const cost = () => ({ duration_ms: Math.round(performance.now() - start), ...consumption() });
      try {
        const outcome = await withDeadline(context.getRemainingTimeInMillis(), () => work(event));
        log.info(name, { ...outcome, ...cost() });
        return answer?.(outcome);
      } catch (error) {
        const reason = error instanceof Defect && { reason: error.message };
        log.error('job_failed', {
          job: name,
          error_name: nameOf(error),
          frames: placesOf(error),
          ...reason,
          ...cost(),
          ...counting('FailedJobs'),
        });
        throw error;
      }
    });
}
