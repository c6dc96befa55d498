import { connect, type Socket } from "node:net";
import { FrameReader } from "./frame-reader.ts";

/** How many connect at a time; a listen backlog is a few hundred. */
const CONNECT_AT_A_TIME = 200;

const READ_BUFFER_BYTES = 256 * 1_024;

/** The example key of RFC 6455; the floor knows its answer by heart. */
const HANDSHAKE = [
  "GET /ws HTTP/1.1",
  "Host: 127.0.0.1",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "\r\n",
].join("\r\n");

const END_OF_HEAD = "\r\n\r\n";

/** Many WebSocket clients that do next to nothing: they count what they get, so that the server is what is measured. */
export class Audience {
  /** Messages that came to all clients together. */
  deliveries = 0;
  // Node reads each socket into this one buffer and hands it over at once: nothing is allocated for a read.
  readonly #buffer = Buffer.alloc(READ_BUFFER_BYTES);
  readonly #clients: { readonly socket: Socket; readonly reader: FrameReader }[] = [];
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
    for (const [index, { reader }] of this.#clients.entries()) reader.inspect = (text) => look(index, text);
  }

  stopInspecting(): void {
    for (const { reader } of this.#clients) reader.inspect = undefined;
  }

  leave(): void {
    for (const { socket } of this.#clients) socket.destroy();
  }

  #join(): Promise<void> {
    return new Promise((resolve, reject) => {
      const reader = new FrameReader();
      let head: string | undefined = "";
      const read = (length: number): boolean => {
        let bytes = this.#buffer.subarray(0, length);
        if (head !== undefined) {
          const before = head.length;
          head += bytes.toString("latin1");
          const end = head.indexOf(END_OF_HEAD);
          if (end < 0) return true;
          if (!head.startsWith("HTTP/1.1 101")) reject(new Error(`the handshake was answered with ${head}`));
          bytes = bytes.subarray(end + END_OF_HEAD.length - before);
          head = undefined;
          resolve();
        }
        this.#count(reader.read(bytes));
        return true;
      };
      const onread = { buffer: this.#buffer, callback: read };
      const socket = connect({ host: "127.0.0.1", port: this.#port, noDelay: true, onread }, () =>
        socket.write(HANDSHAKE),
      );
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("a client was disconnected")));
      this.#clients.push({ socket, reader });
    });
  }

  #count(messages: number): void {
    this.deliveries += messages;
    if (this.deliveries < this.#awaited) return;
    this.#awaited = Number.POSITIVE_INFINITY;
    this.#reached();
  }
}
