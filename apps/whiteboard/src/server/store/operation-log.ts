/** The newest entries of a board as text, without gaps. It holds at most so many of them, and so many characters. */
export class OperationLog {
  readonly #maxEntries: number;
  readonly #maxCharacters: number;
  readonly #entries: string[] = [];
  #characters = 0;
  #seq = 0;

  constructor(options: { readonly maxEntries: number; readonly maxCharacters: number }) {
    this.#maxEntries = options.maxEntries;
    this.#maxCharacters = options.maxCharacters;
  }

  /** The newest sequence number; 0 when nothing was ever logged. */
  get seq(): number {
    return this.#seq;
  }

  push(entry: string): void {
    this.#entries.push(entry);
    this.#characters += entry.length;
    this.#seq += 1;
    while (this.#entries.length > this.#maxEntries || this.#characters > this.#maxCharacters) {
      this.#characters -= this.#entries.shift()?.length ?? 0;
    }
  }

  /** The entry of a sequence number; undefined when it is forgotten, or was never given. */
  at(seq: number): string | undefined {
    return this.#entries[this.#entries.length - 1 - (this.#seq - seq)];
  }

  /** The entries past `seq`; undefined when some of them are forgotten. */
  after(seq: number): string[] | undefined {
    const count = this.#seq - seq;
    if (count < 0 || count > this.#entries.length) return undefined;
    return this.#entries.slice(this.#entries.length - count);
  }
}
