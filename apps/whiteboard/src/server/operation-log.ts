import type { NumberedOperation } from "@crosspod/protocol";

/** The newest operations of a board, without gaps. It holds at most so many operations, and so many characters of their text. */
export class OperationLog {
  readonly #maxOperations: number;
  readonly #maxCharacters: number;
  #operations: { readonly operation: NumberedOperation; readonly characters: number }[] = [];
  /** How many at the front of the array are forgotten already. */
  #forgotten = 0;
  #characters = 0;
  #seq = 0;

  constructor(options: { readonly maxOperations: number; readonly maxCharacters: number }) {
    this.#maxOperations = options.maxOperations;
    this.#maxCharacters = options.maxCharacters;
  }

  /** The newest sequence number; 0 when nothing was ever logged. */
  get seq(): number {
    return this.#seq;
  }

  /** Takes the next operation and returns its sequence number. */
  push(operation: NumberedOperation): number {
    const characters = textLength(operation);
    this.#operations.push({ operation, characters });
    this.#characters += characters;
    this.#seq += 1;
    this.#forget();
    return this.#seq;
  }

  /** The operations past `seq`; undefined when the log does not reach back that far, or has not come that far. */
  after(seq: number): NumberedOperation[] | undefined {
    const count = this.#seq - seq;
    if (count < 0 || count > this.#size) return undefined;
    return this.#operations.slice(this.#operations.length - count).map(({ operation }) => operation);
  }

  get #size(): number {
    return this.#operations.length - this.#forgotten;
  }

  #forget(): void {
    while (this.#size > this.#maxOperations || (this.#characters > this.#maxCharacters && this.#size > 0)) {
      this.#characters -= this.#operations[this.#forgotten]?.characters ?? 0;
      this.#forgotten += 1;
    }
    // To take away the front of an array costs as much as what stays: wait until it is worth that.
    if (this.#forgotten <= this.#size) return;
    this.#operations = this.#operations.slice(this.#forgotten);
    this.#forgotten = 0;
  }
}

/** About how long an operation is as text: what there is without a limit of its own. */
function textLength({ operation }: NumberedOperation): number {
  switch (operation.type) {
    case "put":
    case "append":
      return operation.points.length;
    case "remove":
      return operation.ids.reduce((length, id) => length + id.length, 0);
    case "clear":
      return 0;
  }
}
