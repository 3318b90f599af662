import { join, resolve } from 'node:path';

/** What the local service keeps between starts: in `.local/`, or in the folder that LOCAL_DATA names. */
export function localData(root = '.') {
  const folder = resolve(root, process.env.LOCAL_DATA ?? '.local');
  return {
    folder,
    database: join(folder, 'users.db'),
    signing_keys: join(folder, 'signing-keys.json'),
    events: join(folder, 'events.ndjson'),
    snapshots: join(folder, 'snapshots'),
    stream_positions: join(folder, 'stream-positions.json'),
    lock: join(folder, 'lock.json'),
  };
}
