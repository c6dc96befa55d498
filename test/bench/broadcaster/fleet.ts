import { FrameReader } from "../frame-reader.ts";
import { openWebSocket, type RawWebSocket, READ_BUFFER_BYTES } from "../raw-web-socket.ts";

/** How many connect at a time; a listen backlog is a few hundred. */
const CONNECT_AT_A_TIME = 200;

/** Many WebSocket clients that do next to nothing: they count what they get, so that the server is what is measured. */
export class Fleet {
  /** Messages that came to all clients together. */
  deliveries = 0;
  // All clients share it: what is read is handed over at once.
  readonly #buffer = Buffer.alloc(READ_BUFFER_BYTES);
  readonly #clients: { readonly socket: RawWebSocket; readonly reader: FrameReader }[] = [];
  readonly #port: number;
  #awaited = Number.POSITIVE_INFINITY;
  #reached: () => void = () => {};

  constructor(port: number) {
    this.#port = port;
  }

  get size(): number {
    return this.#clients.length;
  }

  /** Resolves when there are `size` clients, each with its handshake done. */
  async growTo(size: number): Promise<void> {
    while (this.size < size) {
      const count = Math.min(CONNECT_AT_A_TIME, size - this.size);
      await Promise.all(Array.from({ length: count }, () => this.#join()));
    }
  }

  /** Resolves when `deliveries` has come to `count`. */
  reaches(count: number): Promise<void> {
    if (this.deliveries >= count) return Promise.resolve();
    this.#awaited = count;
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }

  /** Lets each client look into its messages from now on. */
  inspect(look: (client: number, text: string) => void): void {
    for (const [index, { reader }] of this.#clients.entries()) {
      reader.inspect = (payload) => look(index, payload.toString());
    }
  }

  stopInspecting(): void {
    for (const { reader } of this.#clients) reader.inspect = undefined;
  }

  leave(): void {
    for (const { socket } of this.#clients) socket.close();
  }

  async #join(): Promise<void> {
    const reader = new FrameReader();
    const read = (bytes: Buffer): void => this.#count(reader.read(bytes));
    const socket = await openWebSocket({ port: this.#port, path: "/ws", buffer: this.#buffer, read });
    this.#clients.push({ socket, reader });
  }

  #count(messages: number): void {
    this.deliveries += messages;
    if (this.deliveries < this.#awaited) return;
    this.#awaited = Number.POSITIVE_INFINITY;
    this.#reached();
  }
}
