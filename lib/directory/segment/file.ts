import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import * as v from 'valibot';

/** Sections begin at multiples of this, so that numbers of any size can be read where they lie. */
const ALIGNMENT = 8;

/** How many bytes are collected before they are written. */
const BUFFER = 1024 * 1024;

/** The last bytes of a file say how long the table of its sections is. */
const TRAILER = 8;

const Contents = v.object({
  sections: v.record(v.string(), v.tuple([v.number(), v.number()])),
  facts: v.record(v.string(), v.unknown()),
});

/** Writes a file of named sections, one after the other. */
export class SectionWriter {
  readonly #file: number;
  readonly #sections: Record<string, [offset: number, length: number]> = {};
  readonly #buffer = Buffer.allocUnsafe(BUFFER);
  #buffered = 0;
  #length = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'wx+');
  }

  /** How long the file is so far, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** Begins a section; what is appended from now on belongs to it. */
  begin(name: string): void {
    this.append(new Uint8Array((ALIGNMENT - (this.#length % ALIGNMENT)) % ALIGNMENT));
    this.#sections[name] = [this.#length, 0];
  }

  /** Ends the section that was begun last. */
  end(name: string): void {
    const section = this.#sections[name];
    if (section) section[1] = this.#length - section[0];
  }

  /** Writes a whole section. */
  section(name: string, bytes: ArrayBufferView): void {
    this.begin(name);
    this.append(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.end(name);
  }

  append(bytes: Uint8Array): void {
    if (this.#buffered + bytes.length > BUFFER) this.#flush();
    if (bytes.length > BUFFER) writeSync(this.#file, bytes);
    else {
      this.#buffer.set(bytes, this.#buffered);
      this.#buffered += bytes.length;
    }
    this.#length += bytes.length;
  }

  /** What was written from one place of the file to another. */
  read(from: number, to: number): Buffer {
    this.#flush();
    return Buffer.from(readAt(this.#file, from, to - from).buffer);
  }

  /** Ends the file, with facts about it. */
  finish(facts: Record<string, unknown>): void {
    const contents = Buffer.from(JSON.stringify({ sections: this.#sections, facts }));
    const trailer = Buffer.alloc(TRAILER);
    trailer.writeDoubleLE(contents.length);
    this.append(contents);
    this.append(trailer);
    this.#flush();
    this.close();
  }

  /** Lets go of the file as it is. */
  close(): void {
    closeSync(this.#file);
  }

  #flush(): void {
    writeSync(this.#file, this.#buffer, 0, this.#buffered);
    this.#buffered = 0;
  }
}

/** Reads a file of sections. Throws when it is none. */
export class SectionReader {
  readonly bytes: number;
  readonly facts: Record<string, unknown>;
  readonly #file: number;
  readonly #sections: Record<string, [offset: number, length: number]>;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    try {
      this.bytes = fstatSync(this.#file).size;
      const trailer = readAt(this.#file, this.bytes - TRAILER, TRAILER);
      const length = Buffer.from(trailer).readDoubleLE();
      const contents = Buffer.from(readAt(this.#file, this.bytes - TRAILER - length, length)).toString();
      const { sections, facts } = v.parse(Contents, JSON.parse(contents));
      this.#sections = sections;
      this.facts = facts;
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  has(name: string): boolean {
    return name in this.#sections;
  }

  /** Bytes of a section, from one to another; all of them unless said. */
  read(name: string, from = 0, to = this.#section(name)[1]): Uint8Array<ArrayBuffer> {
    return readAt(this.#file, this.#section(name)[0] + from, to - from);
  }

  close(): void {
    closeSync(this.#file);
  }

  #section(name: string): [number, number] {
    const section = this.#sections[name];
    if (!section) throw new RangeError(`There is no section ${name}.`);
    return section;
  }
}

function readAt(file: number, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const read = readSync(file, bytes, done, length - done, position + done);
    if (read === 0) throw new RangeError('The file ends too early.');
    done += read;
  }
  return bytes;
}
