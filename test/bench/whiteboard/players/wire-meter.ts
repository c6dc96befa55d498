import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * Stands between clients and a server and counts the bytes both ways: frames with their headers, as TCP carries them.
 */
export class WireMeter implements Disposable {
  /** Bytes from clients to the server. */
  up = 0;
  /** Bytes from the server to clients. */
  down = 0;
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(serverPort: number) {
    this.#listener = createServer({ noDelay: true }, (client) => {
      const server = connect({ host: "127.0.0.1", port: serverPort, noDelay: true });
      client.on("data", (bytes) => {
        this.up += bytes.length;
      });
      server.on("data", (bytes) => {
        this.down += bytes.length;
      });
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(from);
        from.on("error", () => to.destroy());
        from.on("close", () => this.#sockets.delete(from));
        from.pipe(to);
      }
    });
  }

  static async start(serverPort: number): Promise<WireMeter> {
    const meter = new WireMeter(serverPort);
    meter.#listener.listen(0, "127.0.0.1");
    await once(meter.#listener, "listening");
    return meter;
  }

  /** Where clients connect instead. */
  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}/`;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
