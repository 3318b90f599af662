import { config } from '../config.ts';
import { log } from '../log.ts';

const MB = 1024 * 1024;

/** What the directory may take of an instance, in bytes. */
export interface Limits {
  /** Of its storage, for the file. */
  file: number;
  /** Of its memory, for texts that were looked at lately. */
  texts: number;
  /** Of its memory, for what has changed since the file was made. */
  changes: number;
}

/**
 * The file may take less than half of the storage, for whoever makes a new one still has the old one, and the new one
 * twice. Of the memory, what is not shared out here is for Node itself, for what a file has of each card (56 bytes) and
 * for what was found lately.
 */
export const standardLimits: Limits = {
  file: config.DIRECTORY_STORAGE * MB * 0.4,
  texts: config.AWS_LAMBDA_FUNCTION_MEMORY_SIZE * MB * 0.3,
  changes: config.AWS_LAMBDA_FUNCTION_MEMORY_SIZE * MB * 0.1,
};

/** From this part of a limit on, somebody is told. */
const NEARLY = 0.8;

interface Size {
  given_up: readonly string[];
  cards: number;
  bytes: number;
  limit_bytes: number;
}

/** Tells that the directory does without something for lack of room, or is about to. */
export function reportSize(size: Size): void {
  if (isOutgrown(size)) log.error('directory_outgrown', { ...size });
}

export const isOutgrown = ({ given_up, bytes, limit_bytes }: Size) =>
  given_up.length > 0 || bytes > limit_bytes * NEARLY;
