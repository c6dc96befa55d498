import {
  BOARD_PROTOCOL,
  type BoardError,
  BoardEvent,
  type ClientId,
  type JoinRequest,
  MAX_BOARD_POINTS,
  MAX_ITEM_POINTS,
  type Operation,
  type Reply,
} from "@crosspod/protocol";
import { parseOperations } from "../helpers/board/operation-text.ts";
import type { Random } from "./random.ts";
import type { SimulatedClock } from "./simulated-clock.ts";
import { SimulatedLog } from "./simulated-log.ts";

/** Strokes of this colour are refused for good, in place of a limit that would take long to reach. */
export const REFUSED_COLOR = "bad000";

const HEAD_INTERVAL_MS = 3_000;
/** What the store takes for an answer, and what a replica of it takes to follow. */
const MAX_STORE_MS = 15;
const MAX_REPLICA_MS = 60;

/** Somebody who is connected, as the service sees it. */
export interface Peer {
  /** Sends an event, which comes after all that was sent before, if the connection lasts. */
  emit(event: string, ...args: unknown[]): void;
}

/** What can go wrong on this side. */
export interface ServiceHealth {
  isAvailable: boolean;
  /** Whether new joins meet a pod of another version. */
  isOutdated: boolean;
  /** Whether the board has no room, until something is taken away. */
  isFull: boolean;
}

export interface SimulatedServiceOptions {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly logLimit: number;
  /** Whether the store is safe only when a replica has followed. */
  readonly hasReplica: boolean;
}

/** The service's side of the protocol, over a log of its own, with what can go wrong on that side. */
export class SimulatedService {
  readonly health: ServiceHealth = { isAvailable: true, isOutdated: false, isFull: false };
  readonly #options: SimulatedServiceOptions;
  readonly #sessions = new Set<Peer>();
  /** What such a one had sent before its connection broke may still be taken. */
  readonly #left = new WeakSet<Peer>();
  /** Submissions are taken one after the other. */
  #queue: (() => void)[] = [];
  #safe = 0;
  #dataSets = 1;
  #epochs = 1;
  log: SimulatedLog;

  constructor(options: SimulatedServiceOptions) {
    this.#options = options;
    this.log = new SimulatedLog("epoch-1", options.logLimit);
    this.#every(HEAD_INTERVAL_MS, () => this.#announceHead());
  }

  /** Counts the data sets that have nothing of the one before. */
  get dataSets(): number {
    return this.#dataSets;
  }

  /** Everything is gone: what comes now is another data set. */
  loseData(): void {
    this.#dataSets += 1;
    this.#safe = 0;
    this.#beginEpoch(0);
  }

  /** A replica takes over, which has only what is safe. */
  failOver(): void {
    this.#beginEpoch(this.#safe);
  }

  leave(peer: Peer): void {
    if (this.#sessions.delete(peer)) this.#left.add(peer);
  }

  /** The pod forgets that somebody has joined. */
  forget(peer: Peer): void {
    this.#sessions.delete(peer);
  }

  /** Answers an event, some time later, in the same moment in which the answer is right. */
  answer(peer: Peer, event: string, [request]: readonly unknown[], reply: (reply: Reply<unknown>) => void): void {
    if (event !== BoardEvent.join) return reply({ ok: {} });
    this.#afterStore(() => reply(this.#join(peer, request as JoinRequest)));
  }

  /** Takes operations of a client, or tells it why not. */
  submit(peer: Peer, [client, firstSeq, text]: readonly unknown[]): void {
    this.#queue.push(() => {
      const error = this.#append(peer, client as ClientId, firstSeq as number, text as string);
      if (error) peer.emit(BoardEvent.refused, client, error);
    });
    if (this.#queue.length === 1) this.#takeNext();
  }

  #takeNext(): void {
    this.#afterStore(() => {
      this.#queue[0]?.();
      this.#queue.shift();
      if (this.#queue.length > 0) this.#takeNext();
    });
  }

  #join(peer: Peer, { protocol, clients, known }: JoinRequest): Reply<unknown> {
    const { health, log } = this;
    if (protocol !== BOARD_PROTOCOL) return { error: { code: "outdated", detail: "another version" } };
    if (health.isOutdated) return { ok: { epoch: log.epoch, seq: log.position.seq, items: "", n: 0 } };
    if (!health.isAvailable) return { error: { code: "unavailable", detail: "the store is away" } };
    // What a reply says is acknowledged: a pod waits until it is safe.
    this.#makeSafe(log.position.seq);
    this.#sessions.add(peer);
    const clientSeqs = clients.map((client) => log.clientSeq(client));
    const history = log.history(known, this.#options.random.chance(0.5));
    const pod = { pod: "pod", version: "1", headSeconds: HEAD_INTERVAL_MS / 1_000 };
    return { ok: { ...history, clientSeqs, protocol: BOARD_PROTOCOL, ...pod } };
  }

  #append(peer: Peer, client: ClientId, firstSeq: number, text: string): BoardError | undefined {
    const error = (code: BoardError["code"]): BoardError => ({ code, detail: code, clientSeq: firstSeq });
    if (!this.#sessions.has(peer) && !this.#left.has(peer)) return error("not-joined");
    if (!this.health.isAvailable) return error("unavailable");
    const operations = parseOperations(text, client);
    if (!operations) return error("malformed");
    const end = operations.findIndex((operation) => this.#isRefused(operation));
    const result = this.log.submit(client, firstSeq, end === -1 ? operations : operations.slice(0, end));
    if (typeof result === "object") return result;
    if (result !== undefined) this.#publish(result);
    if (end === -1 || this.log.clientSeq(client) >= firstSeq + end) return undefined;
    return { ...REFUSAL, limit: this.health.isFull ? MAX_BOARD_POINTS : MAX_ITEM_POINTS, clientSeq: firstSeq + end };
  }

  #isRefused(operation: Operation): boolean {
    return operation.type === "put" && (this.health.isFull || operation.color === REFUSED_COLOR);
  }

  #publish(text: string): void {
    const { seq } = this.log.position;
    const before = seq - text.split(";").length;
    if (!this.#options.hasReplica) this.#safe = seq;
    this.#tell(before + 1, text);
    if (this.#options.hasReplica) this.#makeSafeLater(this.log, seq);
  }

  #makeSafeLater(log: SimulatedLog, seq: number): void {
    const { clock, random } = this.#options;
    clock.after(random.whole(1, MAX_REPLICA_MS), () => {
      if (log === this.log) this.#makeSafe(seq);
    });
  }

  #makeSafe(seq: number): void {
    if (seq <= this.#safe) return;
    this.#safe = seq;
    this.#tell(this.log.position.seq + 1, "");
  }

  #tell(firstSeq: number, text: string): void {
    for (const peer of this.#sessions) peer.emit(BoardEvent.operations, firstSeq, text, this.#safe);
  }

  #beginEpoch(keptSeq: number): void {
    this.#epochs += 1;
    const kept = this.log.operations.slice(0, keptSeq);
    this.log = new SimulatedLog(`epoch-${this.#epochs}`, this.#options.logLimit, kept);
    this.#announceHead();
  }

  #announceHead(): void {
    const { epoch, seq } = this.log.position;
    for (const peer of this.#sessions) peer.emit(BoardEvent.head, { epoch, seq });
  }

  #afterStore(run: () => void): void {
    const { clock, random } = this.#options;
    clock.after(random.whole(1, MAX_STORE_MS), run);
  }

  #every(ms: number, run: () => void): void {
    this.#options.clock.after(ms, () => {
      run();
      this.#every(ms, run);
    });
  }
}

const REFUSAL: BoardError = { code: "too-many-points", detail: "there would be more points than there may be" };
