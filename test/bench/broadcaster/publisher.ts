import { once } from "node:events";
import { connect, type Socket } from "node:net";

/**
 * A connection that stays open and asks `GET /api`, one request after the other; reads no more of a reply than it must.
 */
export class Publisher {
  readonly #id: string;
  readonly #socket: Socket;
  #reply = "";
  #replied: () => void = () => {};
  #failed: (error: Error) => void = () => {};
  #value = 0;

  private constructor(id: string, socket: Socket) {
    this.#id = id;
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#read(text));
    socket.on("error", (error) => this.#failed(error));
    socket.on("close", () => this.#failed(new Error("a publisher was disconnected")));
  }

  /** Connects a publisher for each of the ids 1 to `count`. */
  static connectAll(port: number, count: number): Promise<Publisher[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => Publisher.#connect(port, `${index + 1}`)));
  }

  static async #connect(port: number, id: string): Promise<Publisher> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await once(socket, "connect");
    return new Publisher(id, socket);
  }

  /** Publishes a value, by default the next of a count. Resolves when the server has said yes. */
  publish(value = `${++this.#value}`): Promise<void> {
    this.#socket.write(`GET /api?id=${this.#id}&value=${value} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    return new Promise((resolve, reject) => {
      this.#replied = resolve;
      this.#failed = reject;
    });
  }

  leave(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#reply += text;
    const head = this.#reply.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = /content-length: (\d+)/i.exec(this.#reply)?.[1];
    if (this.#reply.length < head + 4 + Number(length)) return;
    const isAccepted = this.#reply.startsWith("HTTP/1.1 200");
    const reply = this.#reply;
    this.#reply = "";
    if (isAccepted) this.#replied();
    else this.#failed(new Error(`an update was answered with ${reply}`));
  }
}
