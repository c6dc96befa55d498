import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";

export interface TcpBalancerOptions {
  /** Clients do not hear that their target is gone, as behind a proxy that waits for a WebSocket's last word. */
  readonly lingers?: boolean;
}

/**
 * Brings each new connection to the next of its targets, ports of this machine, past those that refuse it. Targets can
 * come and go; connections that exist stay. Disposing of it cuts all connections.
 */
export class TcpBalancer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #targets = new Set<number>();
  readonly #lingers: boolean;
  #turn = 0;

  private constructor(server: Server, lingers: boolean) {
    this.#server = server;
    this.#lingers = lingers;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (client) => void this.#serve(client));
  }

  static async start({ lingers = false }: TcpBalancerOptions = {}): Promise<TcpBalancer> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TcpBalancer(server, lingers);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** The ports that get new connections. */
  get targets(): ReadonlySet<number> {
    return this.#targets;
  }

  add(port: number): void {
    this.#targets.add(port);
  }

  remove(port: number): void {
    this.#targets.delete(port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Tries each target once; nobody there cuts the client. */
  async #serve(client: Socket): Promise<void> {
    this.#keep(client);
    for (const port of this.#inTurn()) {
      const target = connect(port, "127.0.0.1");
      this.#keep(target);
      try {
        await once(target, "connect");
      } catch {
        continue;
      }
      return this.#join(client, target);
    }
    client.destroy();
  }

  /** Passes on what comes, in both directions, and the end of either side to the other. */
  #join(client: Socket, target: Socket): void {
    if (client.destroyed) return void target.destroy();
    client.pipe(target).pipe(client, { end: !this.#lingers });
    client.once("close", () => target.destroy());
    if (!this.#lingers) target.once("close", () => client.destroySoon());
  }

  #inTurn(): number[] {
    const targets = [...this.#targets];
    this.#turn += 1;
    const first = this.#turn % Math.max(1, targets.length);
    return [...targets.slice(first), ...targets.slice(0, first)];
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
