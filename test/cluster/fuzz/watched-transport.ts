import type { BoardTransport, DisconnectReason } from "@crosspod/client";
import { BoardEvent, type ClientId, type Joined, type JoinRequest, type Reply } from "@crosspod/protocol";
import type { Witness } from "../../fuzz/witness.ts";

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

  open(): void {
    this.#transport.open();
  }

  async request(event: string, ...args: readonly unknown[]): Promise<unknown> {
    const reply = await this.#transport.request(event, ...args);
    if (event === BoardEvent.join) this.#hearJoined(args[0] as JoinRequest, reply as Reply<Joined>);
    return reply;
  }

  emit(event: string, ...args: readonly unknown[]): void {
    const [client, firstSeq, text] = args as [ClientId, number, string];
    if (event === BoardEvent.operations) this.#witness.sees(client, firstSeq, text);
    this.#transport.emit(event, ...args);
  }

  emitVolatile(event: string, ...args: readonly unknown[]): void {
    this.#transport.emitVolatile(event, ...args);
  }

  on(event: string, listener: (...args: readonly unknown[]) => void): void {
    this.#transport.on(event, (...args) => {
      const [seq, text, safe] = args as [number, string, number];
      if (event === BoardEvent.operations) this.#witness.hearsOperations(seq, text, safe);
      listener(...args);
    });
  }

  onHeard(listener: () => void): void {
    this.#transport.onHeard(listener);
  }

  onConnect(listener: () => void): void {
    this.#transport.onConnect(listener);
  }

  onDisconnect(listener: (reason: DisconnectReason) => void): void {
    this.#transport.onDisconnect(listener);
  }

  reconnect(): void {
    this.#transport.reconnect();
  }

  reconnectNow(): void {
    this.#transport.reconnectNow();
  }

  close(): void {
    this.#transport.close();
  }

  #hearJoined({ clients }: JoinRequest, reply: Reply<Joined>): void {
    if (!("ok" in reply)) return;
    this.#witness.hearsJoined(clients, reply.ok);
    this.#joined(reply.ok);
  }
}
