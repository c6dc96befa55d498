import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { FEED_PATH } from "@crosspod/protocol";

/** The handshake of a client of the feed, as it goes over the wire. */
export const HANDSHAKE = [
  `GET ${FEED_PATH} HTTP/1.1`,
  "Host: x",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

/** How many of the newest bytes a lean client keeps. */
const TAIL_BYTES = 2_048;

/**
 * A client that costs next to nothing: it counts what it gets and keeps the end of it, and can stop reading altogether.
 */
export class LeanClient implements Disposable {
  readonly socket: Socket;
  /** Bytes of frames so far. */
  bytes = 0;
  #tail: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (data) => this.#read(data));
  }

  /** Takes over a connection that is past its handshake. */
  static of(socket: Socket): LeanClient {
    return new LeanClient(socket);
  }

  /** Connects to the feed. */
  static async open(port: number): Promise<LeanClient> {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(HANDSHAKE);
    const [answer] = (await once(socket, "data")) as [Buffer];
    const client = new LeanClient(socket);
    client.#read(answer.subarray(answer.indexOf("\r\n\r\n") + 4));
    return client;
  }

  /** The newest bytes as text. */
  get tail(): string {
    return this.#tail.toString();
  }

  /** From now on it reads nothing, and stays connected. */
  freeze(): void {
    this.socket.pause();
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #read(data: Buffer): void {
    this.bytes += data.length;
    this.#tail =
      data.length >= TAIL_BYTES ? data.subarray(-TAIL_BYTES) : Buffer.concat([this.#tail, data]).subarray(-TAIL_BYTES);
  }
}
