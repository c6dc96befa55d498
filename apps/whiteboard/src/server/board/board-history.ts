import { type ClientId, entryNumbers, type History, type Position, tokenOf } from "@crosspod/protocol";
import type { BoardBatch, BoardSnapshot } from "../store/board-store.ts";

/** What a pod remembers of an open board, to answer joins: its newest operations, and a whole board, as text. */
export class BoardHistory {
  /** Before the first of the batches. */
  #start: Position;
  #batches: BoardBatch[] = [];
  #characters = 0;
  #snapshot: BoardSnapshot | undefined;

  constructor(start: Position) {
    this.#start = start;
  }

  /** Characters of the whole board that is remembered. */
  get snapshotSize(): number {
    return this.#snapshot?.items.length ?? 0;
  }

  get position(): Position {
    const { epoch, seq, token } = this.#batches.at(-1) ?? this.#start;
    return { epoch, seq, token };
  }

  /** Takes what follows; of that and what came before about `maxCharacters` of operations are kept. */
  push(batch: BoardBatch, maxCharacters: number): void {
    // The message that brought it is not needed any more.
    const { message: _, ...rest } = batch;
    this.#batches.push(rest);
    this.#characters += batch.text.length;
    if (this.#characters > maxCharacters) this.#forgetHalf();
  }

  remember(snapshot: BoardSnapshot): void {
    this.#snapshot = snapshot;
  }

  forgetSnapshot(): void {
    this.#snapshot = undefined;
  }

  /** Whether a position is part of what is remembered. */
  knows(position: Position): boolean {
    return this.#find(position) !== undefined;
  }

  /** What follows a position; undefined when that is not part of what is remembered. */
  after(known: Position): string | undefined {
    const found = this.#find(known);
    return found && joinTexts(found.rest, ...this.#batches.slice(found.next).map(({ text }) => text));
  }

  /** Whether the whole board is here: it does not have to be read. */
  get hasWhole(): boolean {
    return this.#snapshot !== undefined && this.knows(this.#snapshot.position);
  }

  /** The whole board; undefined when it has to be read. */
  whole(): History | undefined {
    const operations = this.#snapshot && this.after(this.#snapshot.position);
    if (!this.#snapshot || operations === undefined) return undefined;
    return { ...this.position, items: this.#snapshot.items, operations };
  }

  /** What follows a position in its own batch, and the index of the next one. */
  #find(known: Position): { readonly rest: string; readonly next: number } | undefined {
    if (isSame(known, this.#start)) return { rest: "", next: 0 };
    const index = this.#batches.findIndex(({ seq }) => seq >= known.seq);
    const rest = restOf(this.#batches[index], known);
    return rest === undefined ? undefined : { rest, next: index + 1 };
  }

  #forgetHalf(): void {
    const { epoch, seq, token } = this.#batches.splice(0, Math.ceil(this.#batches.length / 2)).at(-1) ?? this.#start;
    this.#start = { epoch, seq, token };
    this.#characters = this.#batches.reduce((sum, { text }) => sum + text.length, 0);
  }
}

const isSame = (a: Position, b: Position): boolean => a.seq === b.seq && a.token === b.token && a.epoch === b.epoch;

/** Of a batch that was read and is of several appends: what follows one of them. */
function restOf(batch: BoardBatch | undefined, known: Position): string | undefined {
  if (!batch || isSame(known, batch)) return batch && "";
  const entries = batch.text.split(";");
  const count = known.seq + 1 - batch.firstSeq;
  if (known.epoch !== batch.epoch || tokenOf(entries[count - 1] ?? "") !== known.token) return undefined;
  return entries.slice(count).join(";");
}

/** Puts texts of the log one after the other. */
export const joinTexts = (...texts: readonly string[]): string => texts.filter((text) => text !== "").join(";");

/** The newest numbers of clients past some text of the log, before which they were `clientSeqs`. */
export function clientSeqsAfter(
  text: string,
  clients: readonly ClientId[],
  clientSeqs: readonly number[],
): readonly number[] {
  if (text === "" || clients.length === 0) return clientSeqs;
  const newest = new Map(clients.map((client, index) => [client, clientSeqs[index] ?? 0]));
  for (const { client, clientSeq } of entryNumbers(text)) if (newest.has(client)) newest.set(client, clientSeq);
  return [...newest.values()];
}
