import { config } from '../../../config.ts';
import { Defect } from '../../../problems.ts';
import { Bucket } from './bucket.ts';
import { Folder } from './folder.ts';
import type { ObjectStore } from './objects.ts';

let store: ObjectStore | undefined;

/** The bucket of the stack, or the folder that stands for it on a developer's machine. */
export function objectStore(): ObjectStore {
  store ??= openStore();
  return store;
}

function openStore(): ObjectStore {
  if (config.SNAPSHOT_BUCKET) return new Bucket(config.SNAPSHOT_BUCKET);
  if (config.SNAPSHOT_FOLDER) return new Folder(config.SNAPSHOT_FOLDER);
  throw new Defect('There is neither a bucket nor a folder for snapshots.');
}
