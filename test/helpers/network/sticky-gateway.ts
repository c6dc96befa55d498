import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { ConnectionPairs } from "./connection-pairs.ts";

const WEB_SOCKET = /^upgrade: *websocket/im;
const REFUSAL = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

export interface StickyGatewayOptions {
  /**
   * The port of the pod that new connections go to, as long as it is the one to go to; undefined when there is none.
   */
  readonly target: () => number | undefined;
  /** Lets WebSockets through; where they do not get through, clients have to poll. */
  readonly webSockets: boolean;
}

/**
 * What stands between one person and the pods: it brings all of that person's connections to one pod, as a sticky load
 * balancer does. Disposing of it cuts all connections.
 */
export class StickyGateway implements AsyncDisposable {
  readonly url: string;
  /** While true, there is no network: connections are cut as soon as they come. */
  isDown = false;
  readonly #server: Server;
  readonly #pairs = new ConnectionPairs();
  readonly #options: StickyGatewayOptions;

  private constructor(server: Server, options: StickyGatewayOptions) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    this.#options = options;
    server.on("connection", (client) => this.#accept(client));
  }

  static async start(options: StickyGatewayOptions): Promise<StickyGateway> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new StickyGateway(server, options);
  }

  /** Cuts all connections. */
  cut(): void {
    this.#pairs.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(client: Socket): void {
    const port = this.isDown ? undefined : this.#options.target();
    client.on("error", () => {});
    if (port === undefined) {
      client.destroy();
      return;
    }
    const pod = connect(port, "127.0.0.1");
    this.#pairs.add(client, pod);
    pod.on("data", (data) => client.write(data));
    client.on("data", (data) => {
      if (this.#options.webSockets || !WEB_SOCKET.test(data.toString("latin1"))) pod.write(data);
      else client.end(REFUSAL);
    });
  }
}
