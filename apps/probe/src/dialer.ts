import { lookup } from "node:dns";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";

export interface DialerOptions {
  readonly isSecure: boolean;
  /** Where to connect to, instead of where the name in the URL leads. */
  readonly address: string | undefined;
  /** Told of each connection before it is made; may throw. */
  readonly onConnection: () => void;
}

/** Connects for one client, anew for each request so that a balancer chooses again. All it opened can be cut. */
export class Dialer {
  readonly agent: HttpAgent;
  readonly #sockets = new Set<Duplex>();

  constructor({ isSecure, address, onConnection }: DialerOptions) {
    const resolve: typeof lookup | undefined = address ? elsewhere(address) : undefined;
    const options = { keepAlive: false, ...(resolve && { lookup: resolve }) };
    this.agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options);
    const create = this.agent.createConnection.bind(this.agent);
    this.agent.createConnection = (...args) => {
      onConnection();
      const socket = create(...args);
      if (socket) this.#keep(socket);
      return socket;
    };
  }

  /** Cuts what is open now, without a word to the other side. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}

/** Finds the same address under every name. */
const elsewhere = (address: string) =>
  ((_name: string, ...rest: readonly unknown[]) =>
    (lookup as (name: string, ...rest: readonly unknown[]) => void)(address, ...rest)) as typeof lookup;
