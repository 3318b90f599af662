import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Key, RawItem } from './send.ts';

/** A record of the table's stream, as Lambda hands it to a function: the parts that are read here. */
export interface StreamRecord {
  dynamodb: {
    Keys: Record<string, AttributeValue>;
    OldImage?: Record<string, AttributeValue>;
    NewImage?: Record<string, AttributeValue>;
    SequenceNumber: string;
    /** Seconds since 1970. */
    ApproximateCreationDateTime: number;
  };
}

/** What Lambda invokes a function of the stream with. */
export interface StreamBatch {
  Records: StreamRecord[];
}

/** One change of one item. */
export interface Change {
  key: Key;
  /** The item as it was; `undefined` when it is new. */
  before: RawItem | undefined;
  /** The item as it is now; `undefined` when it is gone. */
  after: RawItem | undefined;
  /** When the table carried the change out, in milliseconds, exact to the second. */
  at: number;
  /** Digits that tell the change from others of the item; more of them, or greater ones, for a later change. */
  sequence: string;
}

/** Reads a record of the stream. The same record gives the same change, however often it is delivered. */
export function changeIn({ dynamodb }: StreamRecord): Change {
  const { Keys, OldImage, NewImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb;
  return {
    key: unmarshall(Keys) as Key,
    before: OldImage && unmarshall(OldImage),
    after: NewImage && unmarshall(NewImage),
    at: Math.floor(ApproximateCreationDateTime) * 1000,
    sequence: SequenceNumber,
  };
}

/**
 * What a function answers to Lambda after a batch: nothing failed, or all from the change with that sequence number on
 * is to be delivered again.
 */
export const failuresFrom = ({ failed_from }: { failed_from?: string }) => ({
  batchItemFailures: failed_from === undefined ? [] : [{ itemIdentifier: failed_from }],
});
