import { readBatches } from './lines.ts';
import type { Report } from './report.ts';
import { FollowRow, readRow } from './rows.ts';

const BATCH = 1000;

/** An edge of the file, by the ids of both. */
export interface Edge {
  id: number;
  follower: number;
  following: number;
  /** Milliseconds since 1970. */
  created_at: number;
  line: number;
}

const FIELDS = 5;

/** All edges of a file, in 40 bytes each. */
export class Edges {
  #numbers = new Float64Array(FIELDS * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add({ id, follower, following, created_at, line }: Edge): void {
    const start = this.#length++ * FIELDS;
    if (start === this.#numbers.length) {
      const larger = new Float64Array(2 * start);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers.set([id, follower, following, created_at, line], start);
  }

  at(position: number): Edge {
    const start = position * FIELDS;
    const [id = 0, follower = 0, following = 0, created_at = 0, line = 0] = this.#numbers.subarray(
      start,
      start + FIELDS,
    );
    return { id, follower, following, created_at, line };
  }

  /** The edges of one follower after the other, each in the order of the file. */
  *byFollower(): Generator<Edge[]> {
    const followers = Float64Array.from(
      { length: this.#length },
      (_, n) => this.#numbers[n * FIELDS + 1] ?? 0,
    );
    const order = Uint32Array.from({ length: this.#length }, (_, n) => n);
    order.sort((a, b) => (followers[a] ?? 0) - (followers[b] ?? 0) || a - b);
    let edges: Edge[] = [];
    for (const position of order) {
      const edge = this.at(position);
      if (edges[0] && edges[0].follower !== edge.follower) {
        yield edges;
        edges = [];
      }
      edges.push(edge);
    }
    if (edges.length > 0) yield edges;
  }
}

/** Reads who follows whom; rows that make no sense, an id that was there before among them, are reported. */
export async function readEdges(file: string, report: Report): Promise<{ edges: Edges; highest: number }> {
  const edges = new Edges();
  const ids = new Set<number>();
  let highest = 0;
  for await (const lines of readBatches(file, BATCH)) {
    for (const { number: line, value } of lines) {
      const read = readRow(FollowRow, value);
      if ('faults' in read) {
        report.refuse(file, line, (value as { id?: unknown } | null)?.id, read.faults);
        continue;
      }
      const { row } = read;
      highest = Math.max(highest, row.id);
      if (ids.has(row.id)) report.refuse(file, line, row.id, { id: ['Another row has this id.'] });
      else edges.add({ ...row, line });
      ids.add(row.id);
    }
  }
  return { edges, highest };
}
