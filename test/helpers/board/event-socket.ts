import { EventEmitter, once } from "node:events";
import {
  type AppendedOperation,
  BOARD_CLIENT_QUERY,
  BOARD_PROTOCOL,
  type BoardError,
  countEntries,
  encodeOperations,
  entryNumbers,
  type Joined,
  type JoinRequest,
  type Operation,
  parseEntries,
  type Reply,
} from "@crosspod/protocol";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { DEADLINE_MS, within } from "../deadline.ts";

export type Transport = "websocket" | "polling";

/** An event as it came: its name and its arguments. */
export type ReceivedEvent = readonly [event: string, ...args: unknown[]];

/** A bare socket.io client that keeps every event for a test to look at. Disposing of it ends the connection. */
export class EventSocket implements Disposable {
  readonly socket: Socket;
  readonly received: ReceivedEvent[] = [];
  readonly #changes = new EventEmitter();

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#changes.setMaxListeners(100);
    socket.onAny((...event) => {
      this.received.push(event as unknown as ReceivedEvent);
      this.#changes.emit("event");
    });
  }

  /** Connects as a client of crosspod does. Rejects when the handshake is refused. */
  static open(url: string, transport: Transport, options: Partial<ManagerOptions & SocketOptions> = {}) {
    return EventSocket.openOriginal(url, transport, { query: BOARD_CLIENT_QUERY, ...options });
  }

  /** Connects as the page of the original example does. */
  static async openOriginal(
    url: string,
    transport: Transport,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<EventSocket> {
    const socket = new EventSocket(
      io(url, { transports: [transport], forceNew: true, reconnectionDelay: 50, ...options }),
    );
    try {
      await new Promise<void>((resolve, reject) => {
        socket.socket.once("connect", resolve);
        socket.socket.once("connect_error", reject);
      });
    } catch (error) {
      socket[Symbol.dispose]();
      throw error;
    }
    return socket;
  }

  /** Emits an event and resolves with its reply. */
  ask(event: string, ...args: unknown[]): Promise<Reply<Record<string, unknown>>> {
    return this.socket.timeout(DEADLINE_MS).emitWithAck(event, ...args);
  }

  /** What `join` answers. Throws when it is refused. */
  async join(request: Partial<JoinRequest> = {}): Promise<Joined> {
    const defaults = { protocol: BOARD_PROTOCOL, board: "default", clients: ["anna-000"], name: "Anna" };
    return (await this.ok("join", { ...defaults, ...request })) as unknown as Joined;
  }

  /** Submits operations; there is no reply [W6]. */
  submit(client: string, clientSeq: number, ...operations: readonly Operation[]): void {
    this.socket.emit("o", client, clientSeq, encodeOperations(operations, client));
  }

  /** Submits operations; resolves when the log has brought them back, stored [W6]. Throws when they are refused. */
  async store(client: string, clientSeq: number, text: string): Promise<void> {
    const last = clientSeq + countEntries(text) - 1;
    const before = this.received.length;
    this.socket.emit("o", client, clientSeq, text);
    const came = () => this.received.slice(before);
    const refusal = () => came().find(([event, refused]) => event === "refused" && refused === client);
    const isStored = () => came().some((event) => acknowledges(event, client, last));
    await this.untilTrue("acknowledgement", () => isStored() || refusal() !== undefined);
    if (!isStored()) throw new Error(`o was refused: ${JSON.stringify(refusal())}`);
  }

  /** Resolves with why a submission was not taken: the next time that the service says so. */
  async refused(): Promise<{ client: unknown; error: BoardError }> {
    const before = this.all("refused").length;
    await this.untilTrue("refusal", () => this.all("refused").length > before);
    const [client, error] = this.all("refused")[before] ?? [];
    return { client, error: error as BoardError };
  }

  /** The operations of all that came so far, in the order in which they came. */
  get operations(): AppendedOperation[] {
    return this.all("o").flatMap(([seq, text]) => parseEntries(String(text), Number(seq)) ?? []);
  }

  /** Emits an event and resolves with what it asked for. Throws when it is refused. */
  async ok(event: string, ...args: unknown[]): Promise<Record<string, unknown>> {
    const reply = await this.ask(event, ...args);
    if ("ok" in reply) return reply.ok;
    throw new Error(`${event} was refused: ${JSON.stringify(reply.error)}`);
  }

  /** Emits an event and resolves with why it was refused. Throws when it was not. */
  async refusal(event: string, ...args: unknown[]): Promise<BoardError> {
    const reply = await this.ask(event, ...args);
    if ("error" in reply) return reply.error;
    throw new Error(`${event} was not refused: ${JSON.stringify(reply.ok)}`);
  }

  /** The arguments of all events of one name so far. */
  all(name: string): (readonly unknown[])[] {
    return this.received.filter(([event]) => event === name).map(([, ...args]) => args);
  }

  /** Resolves with the first event, past or to come, that fits. */
  async until(what: string, fits: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent> {
    await this.untilTrue(what, () => this.received.some(fits));
    return this.received.find(fits) ?? [what];
  }

  /** Resolves when something is so, which is looked at after each event. */
  async untilTrue(what: string, isSo: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    while (!isSo()) {
      await once(this.#changes, "event", { signal }).catch(() => {
        throw new Error(`no ${what} came; what came last: ${JSON.stringify(this.received.slice(-5))}`);
      });
    }
  }

  /** Resolves with the reason when the connection is lost. */
  lost(): Promise<string> {
    return within(new Promise((resolve) => this.socket.once("disconnect", resolve)), "the end of the connection");
  }

  /** Resolves when the client has connected again by itself. */
  connectedAgain(): Promise<void> {
    return within(new Promise((resolve) => this.socket.once("connect", resolve)), "a new connection");
  }

  [Symbol.dispose](): void {
    this.socket.disconnect();
  }
}

/** Whether an event brings this operation, and says that it is safe. */
function acknowledges([event, seq, text, safe]: ReceivedEvent, client: string, clientSeq: number): boolean {
  if (event !== "o") return false;
  const index = entryNumbers(String(text)).findIndex((each) => each.client === client && each.clientSeq === clientSeq);
  return index !== -1 && Number(seq) + index <= Number(safe);
}
