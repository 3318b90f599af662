import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { parseItem } from './items.ts';
import { snapshotClaimKey, snapshotKey } from './keys.ts';
import { getItem } from './read.ts';
import { transact, updateItem, type Write } from './write.ts';

const Manifest = v.object({
  /** Names this snapshot and no other; so is its object called. */
  snapshot: v.string(),
  /** How the file is laid out. */
  format: v.number(),
  /** How long the file is, in bytes; those of an older format are none. */
  bytes: v.optional(v.number(), 0),
  /** How long each packed part of it is, and its SHA-256, in their order. */
  sizes: v.optional(v.array(v.number()), []),
  digests: v.array(v.string()),
  /** How many cards it holds. */
  cards: v.number(),
  /** For each shard of the feed, the time (ms) from where on to read what the snapshot lacks. */
  position: v.array(v.number()),
  /** Milliseconds since 1970. */
  written_at: v.number(),
  /** When it, or the one that it builds on, was read whole from the index (ms): what was missed since is still missing. */
  rebuilt_at: v.optional(v.number(), 0),
  /** Seconds since 1970: from then on, its object may be gone. */
  expires_at: v.number(),
});

/** What a snapshot of the directory consists of. It is written last: whoever reads it may expect the object. */
export type Manifest = v.InferOutput<typeof Manifest>;

/** The snapshot in force; `undefined` when there is none, or when its object may be gone already. */
export async function readManifest(now: number): Promise<Manifest | undefined> {
  const item = await getItem(snapshotKey, { attributes: Object.keys(Manifest.entries) });
  const manifest = item && parseItem(Manifest, 'snapshot', item);
  return manifest && manifest.expires_at > toSeconds(now) ? manifest : undefined;
}

/**
 * Takes the right to write the next snapshot until `claimed_until` (ms); `false` while another writer has it. A
 * writer that fails keeps others out until then.
 */
export async function claimSnapshot(writer: string, now: number, claimed_until: number): Promise<boolean> {
  const { done } = await updateItem({
    Key: snapshotClaimKey,
    UpdateExpression: 'SET writer = :writer, claimed_until = :until, expires_at = :expiry',
    ConditionExpression: 'attribute_not_exists(PK) OR claimed_until <= :now',
    ExpressionAttributeValues: {
      ':writer': writer,
      ':until': claimed_until,
      ':expiry': toSeconds(claimed_until),
      ':now': now,
    },
  });
  return done;
}

/** Gives the claim back, if it is still that writer's. */
export async function releaseSnapshot(writer: string): Promise<void> {
  await transact({ claim: endClaim(writer) });
}

/** Puts a snapshot in force and gives the claim back, both or neither: `false` when the claim had been lost. */
export async function publishManifest(writer: string, manifest: Manifest): Promise<boolean> {
  const { done } = await transact({
    manifest: { Put: { Item: { ...snapshotKey, ...manifest } } },
    claim: endClaim(writer),
  });
  return done;
}

const endClaim = (writer: string): Write => ({
  Delete: {
    Key: snapshotClaimKey,
    ConditionExpression: 'writer = :writer',
    ExpressionAttributeValues: { ':writer': writer },
  },
});

/** Takes a snapshot out of force, so that the next writer replaces it; does nothing to another one. */
export async function withdrawManifest(snapshot: string): Promise<void> {
  await transact({
    manifest: {
      Delete: {
        Key: snapshotKey,
        ConditionExpression: '#snapshot = :snapshot',
        ExpressionAttributeNames: { '#snapshot': 'snapshot' },
        ExpressionAttributeValues: { ':snapshot': snapshot },
      },
    },
  });
}
