import { lookup } from "node:dns";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import type { Duplex } from "node:stream";

export interface DialerOptions {
  readonly isSecure: boolean;
  /** Where to connect to, instead of where the name in the URL leads. */
  readonly address: string | undefined;
  /** Called before each connection is made; may throw. */
  readonly onConnection: () => void;
}

/** Connects for one client, anew for each request so that a balancer chooses again. All it opened can be cut. */
export class Dialer {
  readonly agent: HttpAgent;
  readonly #sockets = new Set<Duplex>();

  constructor({ isSecure, address, onConnection }: DialerOptions) {
    // Finds the same address under every name.
    const elsewhere: LookupFunction = (_name, options, done) => lookup(address ?? "", options, done);
    const options = { keepAlive: false, ...(address !== undefined && { lookup: elsewhere }) };
    this.agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options);
    const create = this.agent.createConnection.bind(this.agent);
    this.agent.createConnection = (...args) => {
      onConnection();
      const socket = create(...args);
      if (socket) this.#sockets.add(socket);
      socket?.once("close", () => this.#sockets.delete(socket));
      return socket;
    };
  }

  /** Cuts what is open now, without a word to the other side. */
  forceClose(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** socket.io hands the agent on to Node, and its types say that it is a text. */
export const agentOption = ({ agent }: Dialer): string => agent as unknown as string;
