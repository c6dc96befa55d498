/** The newest entries of a board as text, without gaps. It holds at most so many of them, and so many characters. */
export class OperationLog {
  readonly #maxEntries: number;
  readonly #maxCharacters: number;
  #entries: string[] = [];
  /** How many at the front of the array are forgotten already. */
  #forgotten = 0;
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
    this.#forget();
  }

  /** The entry of a sequence number; undefined when it is forgotten, or was never given. */
  at(seq: number): string | undefined {
    const index = this.#entries.length - 1 - (this.#seq - seq);
    return index < this.#forgotten ? undefined : this.#entries[index];
  }

  /** The entries past `seq`; undefined when some of them are forgotten. */
  after(seq: number): string[] | undefined {
    const count = this.#seq - seq;
    if (count < 0 || count > this.#size) return undefined;
    return this.#entries.slice(this.#entries.length - count);
  }

  get #size(): number {
    return this.#entries.length - this.#forgotten;
  }

  #forget(): void {
    while (this.#size > this.#maxEntries || (this.#characters > this.#maxCharacters && this.#size > 0)) {
      this.#characters -= this.#entries[this.#forgotten]?.length ?? 0;
      this.#forgotten += 1;
    }
    // To take away the front of an array costs as much as what stays: wait until it is worth that.
    if (this.#forgotten <= this.#size) return;
    this.#entries = this.#entries.slice(this.#forgotten);
    this.#forgotten = 0;
  }
}
