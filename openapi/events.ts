import { toJsonSchema } from '@valibot/to-json-schema';
import { EVENTS, type EventType, SOURCE } from '../lib/events/events.ts';

/** A JSON schema for each event, as EventBridge delivers it; made from what every event is parsed with. */
export function describeEvents(): Record<EventType, object> {
  const described = Object.entries(EVENTS).map(([type, detail]) => {
    const { $schema, description, ...schema } = toJsonSchema(detail, { target: 'draft-2020-12' });
    const text = { type: 'string' };
    const envelope = {
      $schema,
      title: type,
      description,
      type: 'object',
      required: ['id', 'source', 'detail-type', 'time', 'detail'],
      properties: {
        id: {
          ...text,
          description: 'Another one at each publication: tell repeats by `event_id` in `detail`.',
        },
        source: { const: SOURCE },
        'detail-type': { const: type },
        time: { ...text, format: 'date-time', description: 'The same as `occurred_at` in `detail`.' },
        detail: schema,
      },
    };
    return [type, envelope];
  });
  return Object.fromEntries(described);
}
