const FIRST_SIZE = 4096;

/** A set of ids, at a bit for each id there ever was: they come from a sequence. */
export class IdSet {
  #bits = new Uint8Array(FIRST_SIZE);

  add(id: number): void {
    const byte = id >>> 3;
    if (byte >= this.#bits.length) this.#growTo(byte + 1);
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (id & 7));
  }

  has(id: number): boolean {
    return ((this.#bits[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0;
  }

  #growTo(size: number): void {
    const bits = new Uint8Array(Math.max(size, this.#bits.length * 2));
    bits.set(this.#bits);
    this.#bits = bits;
  }
}
