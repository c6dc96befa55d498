import {
  type BoardError,
  BoardEvent,
  type ClientId,
  encodeCommitted,
  type JoinRequest,
  MAX_ITEM_POINTS,
  type NumberedOperation,
  type Operation,
  parseOperations,
} from "@crosspod/protocol";
import type { BoardStore, Commit } from "../../apps/whiteboard/src/server/board-store.ts";
import { BoardStoreError, toBoardError } from "../../apps/whiteboard/src/server/board-store.ts";
import { MemoryBoardStore } from "../../apps/whiteboard/src/server/memory-board-store.ts";
import type { SimulatedClock } from "./simulated-clock.ts";

/** Strokes of this colour are refused for good, in place of a limit that would take long to reach. */
export const REFUSED_COLOR = "bad000";

const HEAD_INTERVAL_MS = 3_000;

/** Somebody who is connected, as the service sees it. */
export interface Peer {
  readonly id: string;
  /** Sends an event to it; it may be lost on the way. */
  emit(event: string, ...args: unknown[]): void;
}

/** The server's side of the protocol over the real store, with what can go wrong on that side. */
export class SimulatedService {
  readonly board: string;
  readonly #viewers = new Set<Peer>();
  /** Who has joined some time: what such a one had sent before its connection broke may still be taken. */
  readonly #joined = new WeakSet<Peer>();
  readonly #gone = new WeakSet<Peer>();
  readonly #logLimit: number;
  #store: BoardStore;
  #isAvailable = true;
  #epochs = 1;
  /** What was committed in this epoch, in order. */
  log: NumberedOperation[] = [];

  constructor(board: string, clock: SimulatedClock, logLimit: number) {
    this.board = board;
    this.#logLimit = logLimit;
    this.#store = this.#newStore();
    const announce = (): void => {
      void this.#announceHead();
      clock.after(HEAD_INTERVAL_MS, announce);
    };
    clock.after(HEAD_INTERVAL_MS, announce);
  }

  get store(): BoardStore {
    return this.#store;
  }

  get epochs(): number {
    return this.#epochs;
  }

  set isAvailable(isAvailable: boolean) {
    this.#isAvailable = isAvailable;
  }

  /** The data set is gone: what comes now is another one. */
  beginEpoch(): void {
    this.#epochs += 1;
    this.#store = this.#newStore();
    this.log = [];
  }

  leave(peer: Peer): void {
    this.#viewers.delete(peer);
    this.#gone.add(peer);
  }

  /** Answers an event. */
  async answer(peer: Peer, event: string, args: readonly unknown[]): Promise<unknown> {
    try {
      if (!this.#isAvailable) throw new BoardStoreError("unavailable", "the store is away");
      if (event === BoardEvent.join) return { ok: await this.#join(peer, args[0] as JoinRequest) };
      if (!this.#joined.has(peer)) return { error: { code: "not-joined", detail: "join a board first" } };
      if (event === BoardEvent.since) return { ok: await this.#since(args[0] as string, args[1] as number) };
      if (event === BoardEvent.operations) {
        return await this.#commit(args[0] as ClientId, args[1] as number, args[2] as string);
      }
      return { ok: {} };
    } catch (error) {
      if (error instanceof BoardStoreError) return { error: toBoardError(error) };
      throw error;
    }
  }

  async #join(peer: Peer, { client, epoch, seq }: JoinRequest): Promise<unknown> {
    this.#joined.add(peer);
    if (!this.#gone.has(peer)) this.#viewers.add(peer);
    const known = epoch !== undefined && seq !== undefined ? { epoch, seq } : undefined;
    const { history, n } = await this.#store.join(this.board, client, known);
    return { ...history, n, pod: "pod", version: "1", headSeconds: HEAD_INTERVAL_MS / 1_000 };
  }

  #since(epoch: string, seq: number): Promise<unknown> {
    return this.#store.history(this.board, { epoch, seq });
  }

  async #commit(client: ClientId, firstN: number, text: string): Promise<unknown> {
    const operations = parseOperations(text, client);
    if (!operations) return { error: { code: "malformed", detail: "these are no operations" } };
    const end = operations.findIndex(isRefused);
    const taken = end === -1 ? operations : operations.slice(0, end);
    const commit = await this.#store.commit(this.board, [{ client, firstN, operations: taken }]);
    this.#fanOut(commit);
    const [outcome] = commit.outcomes;
    const error = outcome?.error ?? (end === -1 ? undefined : refusal(firstN + end));
    return error ? { error } : { ok: { n: outcome?.n ?? 0 } };
  }

  #fanOut({ committed, firstSeq }: Commit): void {
    if (committed.length === 0) return;
    this.log.push(...committed);
    const text = encodeCommitted(committed);
    for (const peer of this.#viewers) peer.emit(BoardEvent.operations, firstSeq, text);
  }

  async #announceHead(): Promise<void> {
    const head = await this.#store.head(this.board);
    for (const peer of this.#viewers) peer.emit(BoardEvent.head, head);
  }

  #newStore(): BoardStore {
    return new MemoryBoardStore({ maxBoards: 10, logOperations: this.#logLimit });
  }
}

const isRefused = (operation: Operation): boolean => operation.type === "put" && operation.color === REFUSED_COLOR;

const refusal = (n: number): BoardError => ({
  code: "too-many-points",
  detail: "the item would have more points than it may",
  limit: MAX_ITEM_POINTS,
  n,
});
