import { join } from 'node:path';

/** Where the object of a snapshot lies in this run. */
export const snapshotFile = (snapshot: string) => join(process.env.SNAPSHOT_FOLDER as string, snapshot);
