import {
  BoardClient,
  type BoardClientOptions,
  type BoardTransport,
  type DisconnectReason,
  MemoryOutboxStorage,
} from "@crosspod/client";
import {
  BOARD_PROTOCOL,
  type BoardError,
  BoardEvent,
  type ClientId,
  encodeItems,
  encodePoints,
  type Item,
  itemId,
  type Joined,
  type JoinRequest,
  MAX_MESSAGE_LENGTH,
  type NumberedOperation,
  type Operation,
} from "@crosspod/protocol";
import { expect, vi } from "vitest";
import { encodeAppend, parseOperations } from "./operation-text.ts";

export const STYLE = { color: "ff0000", width: 3, pressure: false };
export const POINT = { x: 100, y: 100 };
export const OTHER = "otherone";
/** Longer than the pause before any repeat. */
export const REPEAT_MS = 3_000;
/** So long that no connection is silent for too long, unless a test says otherwise. */
const HEAD_SECONDS = 3_600;

/** Operations of one client that were sent. */
export interface SentMessage {
  readonly client: ClientId;
  readonly firstSeq: number;
  readonly operations: readonly Operation[];
}

interface Asked {
  readonly event: string;
  readonly args: readonly unknown[];
  reply(reply: unknown): Promise<void>;
}

/** A connection whose other side is the test: it has a log, which goes on when the test says so. */
export class ScriptedTransport implements BoardTransport {
  readonly asked: Asked[] = [];
  readonly sent: SentMessage[] = [];
  readonly volatile: unknown[][] = [];
  reconnects = 0;
  immediateReconnects = 0;
  id: string | undefined;
  epoch = "e1";
  seq = 0;
  readonly #rejections = new Set<() => void>();
  readonly #listeners = new Map<string, (...args: readonly unknown[]) => void>();
  #onHeard = (): void => {};
  #onConnect = (): void => {};
  #onDisconnect = (_reason: DisconnectReason): void => {};

  open(): void {}

  request(event: string, ...args: readonly unknown[]): Promise<unknown> {
    // Whether anybody is there is no matter of these tests.
    if (event === BoardEvent.alive) return new Promise(() => {});
    return new Promise((resolve, reject) => {
      this.#rejections.add(() => reject(new Error("lost")));
      const reply = async (value: unknown): Promise<void> => {
        this.#onHeard();
        resolve(value);
        await settled();
      };
      this.asked.push({ event, args, reply });
    });
  }

  emit(event: string, client: ClientId, firstSeq: number, text: string): void {
    expect(event).toBe(BoardEvent.operations);
    expect(text.length).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH);
    this.sent.push({ client, firstSeq, operations: parseOperations(text, client) ?? [] });
  }

  emitVolatile(...message: readonly unknown[]): void {
    this.volatile.push([...message]);
  }

  on(event: string, listener: (...args: readonly unknown[]) => void): void {
    this.#listeners.set(event, listener);
  }

  onHeard(listener: () => void): void {
    this.#onHeard = listener;
  }

  onConnect(listener: () => void): void {
    this.#onConnect = listener;
  }

  onDisconnect(listener: (reason: DisconnectReason) => void): void {
    this.#onDisconnect = listener;
  }

  reconnect(): void {
    this.reconnects += 1;
    void this.disconnect();
  }

  reconnectNow(): void {
    this.immediateReconnects += 1;
  }

  close(): void {}

  /** The service sends an event. */
  receive(event: string, ...args: readonly unknown[]): void {
    this.#onHeard();
    this.#listeners.get(event)?.(...args);
  }

  connect(): void {
    this.id = "me";
    this.#onConnect();
  }

  async disconnect(reason: DisconnectReason = "other"): Promise<void> {
    this.id = undefined;
    for (const reject of this.#rejections) reject();
    this.#onDisconnect(reason);
    await settled();
  }

  /** Takes the oldest request, which must be of this event. */
  take(event: string): Asked {
    const asked = this.asked.shift();
    expect(asked?.event).toBe(event);
    return asked!;
  }

  /** Answers the oldest request, a join. By default the log is where it was, and the store has nothing of anybody. */
  async join({ seqs = {}, ...more }: Partial<Joined> & { seqs?: Record<ClientId, number> } = {}): Promise<JoinRequest> {
    const { args, reply } = this.take(BoardEvent.join);
    const request = args[0] as JoinRequest;
    this.epoch = more.epoch ?? this.epoch;
    this.seq = more.seq ?? this.seq;
    const history = { epoch: this.epoch, seq: this.seq, token: `${this.seq}`, operations: "" };
    const clientSeqs = request.clients.map((client) => seqs[client] ?? 0);
    const pod = { protocol: BOARD_PROTOCOL, pod: "pod-1", version: "1", headSeconds: HEAD_SECONDS };
    await reply({ ok: { ...history, ...(request.known ? {} : { items: "" }), clientSeqs, ...pod, ...more } });
    return request;
  }

  async refuseJoin(error: BoardError): Promise<void> {
    await this.take(BoardEvent.join).reply({ error });
  }

  /** Takes the oldest message of operations. */
  takeOperations(): SentMessage {
    const message = this.sent.shift();
    expect(message).toBeDefined();
    return message!;
  }

  /** The log goes on; `safe` as far as the store is safe, all of it by default. */
  log(operations: readonly NumberedOperation[], safe = this.seq + operations.length): void {
    const firstSeq = this.seq + 1;
    this.seq += operations.length;
    this.receive(BoardEvent.operations, firstSeq, encodeAppend(operations, `${this.seq}`), safe);
  }

  /** All of the messages comes through the log, and with it the word that it is stored. */
  acknowledge(...messages: readonly SentMessage[]): void {
    this.log(messages.flatMap(numbered));
  }

  refuse({ client }: Pick<SentMessage, "client">, error: BoardError): void {
    this.receive(BoardEvent.refused, client, error);
  }

  head(): void {
    this.receive(BoardEvent.head, { epoch: this.epoch, seq: this.seq });
  }
}

/** As the log has them. */
export const numbered = ({ client, firstSeq, operations }: SentMessage): NumberedOperation[] =>
  operations.map((operation, index) => ({ client, clientSeq: firstSeq + index, operation }));

/** An operation of somebody else. */
export const others = (clientSeq: number, operation: Operation): NumberedOperation => ({
  client: OTHER,
  clientSeq,
  operation,
});

export class LastingStorage extends MemoryOutboxStorage {
  override readonly outlivesPage = true;
}

export class FullStorage extends LastingStorage {
  override put(): void {
    throw new Error("QuotaExceededError");
  }
}

export const settled = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0);
};

export const pointsOf = (...points: { x: number; y: number }[]): string => encodePoints(points, STYLE);

export const item = (number: number, z: number, client = OTHER): Item => ({
  id: itemId(client, number),
  ...STYLE,
  points: pointsOf(POINT),
  z,
});

export const putOf = ({ z: _, ...rest }: Item): Operation => ({ type: "put", ...rest });

export const idsOf = (client: BoardClient): string[] => [...client.view.items()].map(({ id }) => id);

/** A client that has no connection yet. */
export function openBoard(options: Partial<BoardClientOptions> = {}) {
  const transport = new ScriptedTransport();
  const client = new BoardClient({
    url: "http://board.test",
    board: "plans",
    name: "Ada",
    connect: () => transport,
    ...options,
  });
  client.open();
  return { client, transport };
}

/** A client that has joined a board with these items. */
export async function openLiveBoard(items: readonly Item[] = [], options: Partial<BoardClientOptions> = {}) {
  const opened = openBoard(options);
  opened.transport.connect();
  await opened.transport.join({ seq: items.length, items: encodeItems(items) });
  return opened;
}

/** The connection is lost, and there is another one, on which a join is asked for. */
export async function reconnect(transport: ScriptedTransport): Promise<void> {
  await transport.disconnect();
  transport.sent.length = 0;
  transport.connect();
}
