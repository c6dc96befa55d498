import {
  type BoardError,
  BoardItems,
  type ClientId,
  encodeItems,
  type History,
  type NumberedOperation,
  type Operation,
  type Position,
} from "@crosspod/protocol";
import { encodeAppend } from "../helpers/board/operation-text.ts";

interface Append extends Position {
  /** `encodeAppend`; up to `seq`. */
  readonly text: string;
}

/** What the store has of one board: its log from the beginning, and what follows from it. */
export class SimulatedLog {
  readonly epoch: string;
  readonly operations: NumberedOperation[] = [];
  readonly items = new BoardItems();
  readonly #appends: Append[] = [];
  readonly #clientSeqs = new Map<ClientId, number>();
  /** Joins find this many of the newest operations, and otherwise a snapshot. */
  readonly #limit: number;
  #snapshot = { seq: 0, items: "" };

  constructor(epoch: string, limit: number, operations: readonly NumberedOperation[] = []) {
    this.epoch = epoch;
    this.#limit = limit;
    if (operations.length > 0) this.#append(operations);
  }

  get position(): Position {
    return this.#appends.at(-1) ?? { epoch: this.epoch, seq: 0, token: "" };
  }

  clientSeq(client: ClientId): number {
    return this.#clientSeqs.get(client) ?? 0;
  }

  /** Takes what is new of a submission. Returns the text of that, or what is wrong [W6]. */
  submit(client: ClientId, firstSeq: number, operations: readonly Operation[]): string | BoardError | undefined {
    const next = this.clientSeq(client) + 1;
    if (firstSeq > next) return { code: "gap", detail: "the number leaves a gap", clientSeq: firstSeq, next };
    const fresh = operations.slice(next - firstSeq);
    if (fresh.length === 0) return undefined;
    return this.#append(fresh.map((operation, index) => ({ client, clientSeq: next + index, operation })));
  }

  /** How one gets from what is known to what the board is; `fromEarlier` takes a snapshot that the log goes on from. */
  history(known: Position | undefined, fromEarlier: boolean): History {
    const { epoch, seq, token } = this.position;
    const isLogged = (from: number): boolean => from >= seq - this.#limit;
    if (known && known.epoch === epoch && isLogged(known.seq) && this.#tokenAt(known.seq) === known.token) {
      return { epoch, seq, token, operations: this.#textAfter(known.seq) };
    }
    if (!fromEarlier || !isLogged(this.#snapshot.seq)) {
      this.#snapshot = { seq, items: encodeItems(this.items.inOrder()) };
    }
    const { items, seq: from } = this.#snapshot;
    return { epoch, seq, token, items, operations: this.#textAfter(from) };
  }

  #append(operations: readonly NumberedOperation[]): string {
    for (const each of operations) {
      this.operations.push(each);
      this.items.apply(each.operation, this.operations.length);
      this.#clientSeqs.set(each.client, each.clientSeq);
    }
    const token = `t${this.#appends.length.toString(36)}`;
    const text = encodeAppend(operations, token);
    this.#appends.push({ epoch: this.epoch, seq: this.operations.length, token, text });
    return text;
  }

  #tokenAt(seq: number): string | undefined {
    return seq === 0 ? "" : this.#appends.find((append) => append.seq === seq)?.token;
  }

  #textAfter(seq: number): string {
    const after = this.#appends.filter((append) => append.seq > seq);
    return after.map(({ text }) => text).join(";");
  }
}
