import { getItems } from '../../lib/table/read.ts';
import type { Key, RawItem } from '../../lib/table/send.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is audited may be damaged in any way; shapes are checked first
export type Item = Record<string, any> & Key;

interface Waiting {
  key: Key;
  found: (item: Item | undefined) => void;
  failed: (error: unknown) => void;
}

/** Brings the items that an invariant compares with: all that are asked for in one turn together, each once. */
export class Look {
  /**
   * Milliseconds after which the index has everything: given to a look that is to be relied on, which costs double and
   * sees every write that was answered before.
   */
  readonly settling: number | undefined;
  readonly #items = new Map<string, Promise<Item | undefined>>();
  #waiting: Waiting[] = [];

  constructor({ settling }: { settling?: number } = {}) {
    this.settling = settling;
  }

  get(key: Key): Promise<Item | undefined> {
    const name = nameOf(key);
    const known = this.#items.get(name) ?? this.#ask(key);
    this.#items.set(name, known);
    return known;
  }

  #ask(key: Key): Promise<Item | undefined> {
    if (this.#waiting.length === 0) setImmediate(() => this.#fetch());
    return new Promise((found, failed) => this.#waiting.push({ key, found, failed }));
  }

  async #fetch(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const items = (await getItems(
        waiting.map(({ key }) => key),
        { consistent: this.settling !== undefined },
      )) as Item[];
      const named = new Map(items.map((item) => [nameOf(item), item]));
      for (const { key, found } of waiting) found(named.get(nameOf(key)));
    } catch (error) {
      for (const { failed } of waiting) failed(error);
    }
  }
}

const nameOf = ({ PK, SK }: Key | (RawItem & Key)) => JSON.stringify([PK, SK]);
