import type { History, JoinRequest, Position } from "@crosspod/protocol";
import { LogFollower, type ReadCause } from "@crosspod/redis";
import { type BoardBatch, type BoardStore, type JoinAnswer, unavailable } from "../store/board-store.ts";
import { BoardHistory, clientSeqsAfter, joinTexts } from "./board-history.ts";

/** What a client that joins says of itself. */
export type BoardQuestion = Pick<JoinRequest, "clients" | "known">;

export interface BoardAnswer {
  readonly history: History;
  /** For each client the newest number that is stored, as of the history. */
  readonly clientSeqs: readonly number[];
}

export interface BoardLogOptions {
  readonly board: string;
  readonly store: BoardStore;
  /** Takes what follows, in order, each once. */
  readonly appended: (batch: BoardBatch) => void;
  /** The board is not on from what was followed. */
  readonly diverged: () => void;
  readonly onRead: (cause: ReadCause) => void;
  /** Most characters of the newest operations that are remembered. */
  readonly maxRecentCharacters: () => number;
  /** Called with the error of a read that nothing waits for. */
  readonly failed: (error: unknown) => void;
}

/** How often an answer is put together anew, because the board went on in a way that it does not fit. */
const MAX_TRIES = 5;
/** Where a subscription takes longer the store is most likely away, and says so itself. */
const SUBSCRIBE_WAIT_MS = 1_500;

/** A board's log as far as this pod has followed it, and what it remembers of it to answer joins. */
export class BoardLog {
  readonly #options: BoardLogOptions;
  readonly #follower: LogFollower<BoardBatch, Position>;
  #subscribed: Promise<void> | undefined;
  #subscribeTimer: NodeJS.Timeout | undefined;
  #unsubscribe = (): void => {};
  #history: BoardHistory | undefined;
  #snapshotRead: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: BoardLogOptions) {
    const { store, board, onRead } = options;
    this.#options = options;
    this.#follower = new LogFollower({
      read: (known) => store.read(board, known),
      reset: (position) => this.#reset(position),
      append: (batch) => this.#append(batch),
      onRead,
    });
  }

  /** How far the board was followed; undefined until it was read. */
  get position(): Position | undefined {
    return this.#follower.position;
  }

  /** Characters of the whole board that is kept in memory. */
  get snapshotSize(): number {
    return this.#history?.snapshotSize ?? 0;
  }

  forgetSnapshot(): void {
    this.#history?.forgetSnapshot();
  }

  /** Resolves when all is here that the store is said to have. */
  reach(position: Position): Promise<void> {
    return this.#follower.reach(position);
  }

  /**
   * Follows the board, and answers a join: `enter` gets an answer that is true at that moment, before anything more is
   * appended. Rejects with a {@link BoardStoreError}.
   */
  async join(question: BoardQuestion, enter: (answer: BoardAnswer) => void): Promise<void> {
    await this.#start();
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const answer = await this.#ask(question);
      const found = this.#answer(question, answer);
      if (found) return enter(found);
    }
    throw unavailable("the board changes too fast; try again");
  }

  /** Nothing is handed on from here: the board may be open again, and followed anew. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#subscribeTimer);
    this.#unsubscribe();
  }

  /** What is appended from then on comes by itself, or is missed and read. */
  async #start(): Promise<void> {
    this.#subscribed ??= this.#subscribe();
    await this.#subscribed;
    if (!this.position) await this.#follower.read("start");
  }

  #subscribe(): Promise<void> {
    return new Promise((resolve) => {
      this.#unsubscribe = this.#options.store.subscribe(this.#options.board, {
        batch: (batch) => this.#follower.receive(batch),
        subscribed: () => {
          resolve();
          if (this.position) this.#follower.read("resubscribed").catch(this.#options.failed);
        },
      });
      this.#subscribeTimer = setTimeout(resolve, SUBSCRIBE_WAIT_MS);
    });
  }

  /** Asks the store for what is not here. */
  async #ask({ clients, known }: BoardQuestion): Promise<JoinAnswer> {
    const { board, store } = this.#options;
    const isRecent = known !== undefined && this.#history?.knows(known) === true;
    const answer = await store.join(board, clients, isRecent ? undefined : known, this.position);
    await this.reach(answer.position);
    const isKnown = isRecent || answer.operations !== undefined;
    if (!isKnown && !this.#history?.hasWhole) await this.#readSnapshot();
    return answer;
  }

  /** Puts an answer together of what is here now; undefined when it does not fit. */
  #answer({ clients, known }: BoardQuestion, answer: JoinAnswer): BoardAnswer | undefined {
    const history = this.#history;
    const since = history?.after(answer.position);
    if (!history || since === undefined) return undefined;
    const clientSeqs = clientSeqsAfter(since, clients, answer.clientSeqs);
    const past = answer.operations === undefined ? undefined : joinTexts(answer.operations, since);
    const operations = (known && history.after(known)) ?? past;
    const found = operations === undefined ? history.whole() : { ...history.position, operations };
    return found && { history: found, clientSeqs };
  }

  /** One read for all joins that wait for it. */
  #readSnapshot(): Promise<void> {
    this.#snapshotRead ??= this.#rememberSnapshot().finally(() => {
      this.#snapshotRead = undefined;
    });
    return this.#snapshotRead;
  }

  async #rememberSnapshot(): Promise<void> {
    const snapshot = await this.#options.store.snapshot(this.#options.board, this.position);
    await this.reach(snapshot.position);
    this.#history?.remember(snapshot);
  }

  #append(batch: BoardBatch): void {
    this.#history?.push(batch, this.#options.maxRecentCharacters());
    if (!this.#isClosed) this.#options.appended(batch);
  }

  #reset(position: Position): void {
    const isFirst = this.#history === undefined;
    this.#history = new BoardHistory(position);
    if (!isFirst && !this.#isClosed) this.#options.diverged();
  }
}
