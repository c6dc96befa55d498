import type { BoardTransport, Loss } from "@crosspod/client";
import { BoardEvent, type ClientId, type Joined, type Reply } from "@crosspod/protocol";
import type { Witness } from "../fuzz/witness.ts";

/** A connection of a client, with a witness of what goes over it. */
export class WatchedTransport implements BoardTransport {
  readonly #transport: BoardTransport;
  readonly #witness: Witness;
  readonly #joined: (joined: Joined) => void;

  constructor(transport: BoardTransport, witness: Witness, joined: (joined: Joined) => void) {
    this.#transport = transport;
    this.#witness = witness;
    this.#joined = joined;
  }

  get id(): string | undefined {
    return this.#transport.id;
  }

  async request(event: string, ...args: readonly unknown[]): Promise<unknown> {
    const [client, firstN, text] = args as [ClientId, number, string];
    if (event === BoardEvent.operations) this.#witness.sees(client, firstN, text);
    const reply = await this.#transport.request(event, ...args);
    if (event === BoardEvent.operations) this.#witness.hears(client, reply as Reply<{ n: number }>);
    if (event === BoardEvent.join) this.#heardJoin(reply as Reply<Joined>);
    return reply;
  }

  send(event: string, ...args: readonly unknown[]): void {
    this.#transport.send(event, ...args);
  }

  on(event: string, listener: (...args: readonly unknown[]) => void): void {
    this.#transport.on(event, listener);
  }

  onHeard(listener: () => void): void {
    this.#transport.onHeard(listener);
  }

  onConnect(listener: () => void): void {
    this.#transport.onConnect(listener);
  }

  onDisconnect(listener: (loss: Loss) => void): void {
    this.#transport.onDisconnect(listener);
  }

  renew(): void {
    this.#transport.renew();
  }

  wake(): void {
    this.#transport.wake();
  }

  close(): void {
    this.#transport.close();
  }

  #heardJoin(reply: Reply<Joined>): void {
    if ("ok" in reply) this.#joined(reply.ok);
  }
}
