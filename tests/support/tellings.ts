import type { DeliveredEvent } from '../../local/service/stream/sink.ts';

/** What a service that has read every event knows. */
export interface Knowledge {
  /** Names by id. */
  users: Map<number, string>;
  /** Who follows whom, as `1 2`. */
  follows: Set<string>;
}

type Told = Pick<DeliveredEvent, 'detail-type' | 'detail'>;

/** Each event once, where it came first. */
export function withoutRepeats<Event extends Told>(events: readonly Event[]): Event[] {
  const first = new Map<string, Event>();
  for (const event of events) if (!first.has(event.detail.event_id)) first.set(event.detail.event_id, event);
  return [...first.values()];
}

/** What a service learns that applies events in the order in which they came, and drops those that came before. */
export function replay(events: readonly Told[]): Knowledge {
  const users = new Map<number, string>();
  const follows = new Set<string>();
  for (const { 'detail-type': type, detail } of withoutRepeats(events)) {
    const { user, follower, followed } = detail;
    if (type === 'UserRegistered') users.set(user.id, user.username);
    if (type === 'AccountDeleted') users.delete(user.id);
    if (type === 'UserFollowed') follows.add(`${follower.id} ${followed.id}`);
    if (type === 'UserUnfollowed') follows.delete(`${follower.id} ${followed.id}`);
  }
  return { users, follows };
}

/** Whose events keep their order among themselves: the name in lower case. */
export const subjectOf = ({ detail }: Told): string =>
  (detail.user ?? detail.follower ?? detail.blocker ?? detail.reporter).username.toLowerCase();

/** What an event tells, without its stamps. */
export function told({ 'detail-type': type, detail }: Told): object {
  const { event_id: _, occurred_at: __, sequence: ___, ...rest } = detail;
  return { type, ...rest };
}
