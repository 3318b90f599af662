/** Where snapshots lie: objects that are written once, whole, and read by ranges. */
export interface ObjectStore {
  /** Puts the file of that path under a name that nobody has used before. */
  put(name: string, path: string): Promise<void>;
  /** So many bytes of an object from one on. Throws {@link ObjectMissing} when there is none that has them. */
  read(name: string, from: number, bytes: number): Promise<Uint8Array>;
}

/** There is no such object, or not so much of it. */
export class ObjectMissing extends Error {
  override readonly name = 'ObjectMissing';
}
