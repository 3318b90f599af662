import { config } from './config.ts';

/** What CloudWatch takes from a line of the log: members of the line that are numbers, by the members that are names. */
export interface LineMetrics {
  metrics: Record<string, 'Count' | 'Milliseconds'>;
  /** Each value of these is a metric of its own, and is paid for. */
  by?: readonly string[];
}

/**
 * What makes a line of the log also a line of metrics (CloudWatch's embedded metric format): to be added to the line
 * that has the members it names. Nothing is called for it, and nothing written twice. Nothing where there is no
 * namespace, that is, anywhere but on AWS.
 */
export function metricsOf(...metered: readonly LineMetrics[]): object {
  const Namespace = config.METRICS_NAMESPACE;
  if (Namespace === undefined) return {};
  const CloudWatchMetrics = metered.map(({ metrics, by = [] }) => ({
    Namespace,
    Dimensions: [by],
    Metrics: Object.entries(metrics).map(([Name, Unit]) => ({ Name, Unit })),
  }));
  return { _aws: { Timestamp: Date.now(), CloudWatchMetrics } };
}

/** What the alarms of resources/alarms.yml count. */
type Counted =
  | 'Defects'
  | 'FailedJobs'
  | 'OutgrownDirectories'
  | 'DirectoriesBehind'
  | 'DamagedCards'
  | 'SoundSnapshots';

/** Counts the line that this is added to. */
export const counting = (metric: Counted): object => ({
  [metric]: 1,
  ...metricsOf({ metrics: { [metric]: 'Count' } }),
});
