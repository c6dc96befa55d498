import type { BoardTransport, Loss } from "@crosspod/client";
import { BoardEvent } from "@crosspod/protocol";
import type { Random } from "./random.ts";
import type { SimulatedClock } from "./simulated-clock.ts";
import type { Peer, SimulatedService } from "./simulated-service.ts";

/** How bad the network is: probabilities, until it is healed. */
export interface Weather {
  readonly lost: number;
  readonly repeated: number;
  readonly replyLost: number;
  readonly maxDelayMs: number;
}

const FAIR: Weather = { lost: 0, repeated: 0, replyLost: 0, maxDelayMs: 20 };

/** How long a client waits for a reply. */
const REPLY_DEADLINE_MS = 2_000;
const MAX_CONNECT_DELAY_MS = 300;

/** What joins the simulated clients and the service. What a client sends comes in order; what the service sends to all may be lost, repeated, or overtaken. */
export class SimulatedNetwork {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly service: SimulatedService;
  readonly #transports = new Set<SimulatedTransport>();
  #weather: Weather;
  #isUp = true;
  #connections = 0;

  constructor(clock: SimulatedClock, random: Random, service: SimulatedService, weather: Weather) {
    this.clock = clock;
    this.random = random;
    this.service = service;
    this.#weather = weather;
  }

  get weather(): Weather {
    return this.#weather;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  connect(onReply: (heard: HeardReply) => void): SimulatedTransport {
    const transport = new SimulatedTransport(this, onReply);
    this.#transports.add(transport);
    return transport;
  }

  forget(transport: SimulatedTransport): void {
    this.#transports.delete(transport);
  }

  newConnectionId(): string {
    this.#connections += 1;
    return `connection-${this.#connections}`;
  }

  /** The service is gone for a while; its store stays. */
  restart(downMs: number): void {
    this.#isUp = false;
    for (const transport of this.#transports) transport.disconnect();
    this.clock.after(downMs, () => {
      this.#isUp = true;
    });
  }

  /** From now on all that is sent arrives, and everybody can connect. */
  heal(): void {
    this.#weather = FAIR;
    this.#isUp = true;
    for (const transport of this.#transports) transport.isOffline = false;
  }

  delay(): number {
    return this.random.whole(1, this.#weather.maxDelayMs);
  }
}

/** What a client got for what it asked. */
export interface HeardReply {
  readonly event: string;
  readonly args: readonly unknown[];
  readonly reply: unknown;
  /** Of the service, when it answered. */
  readonly epochs: number;
}

type Listener = (...args: readonly unknown[]) => void;

/** One connection after the other, of one client. */
export class SimulatedTransport implements BoardTransport {
  readonly #network: SimulatedNetwork;
  readonly #onReply: (heard: HeardReply) => void;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #heardListeners: (() => void)[] = [];
  readonly #connectListeners: (() => void)[] = [];
  readonly #disconnectListeners: ((loss: Loss) => void)[] = [];
  #peer: Peer | undefined;
  #rejections = new Set<() => void>();
  /** What a client sends arrives in order: not before this. */
  #arrivesAt = 0;
  #isClosed = false;
  isOffline = false;

  constructor(network: SimulatedNetwork, onReply: (heard: HeardReply) => void) {
    this.#network = network;
    this.#onReply = onReply;
    this.#connectLater();
  }

  get id(): string | undefined {
    return this.#peer?.id;
  }

  request(event: string, ...args: readonly unknown[]): Promise<unknown> {
    const { clock, weather, random } = this.#network;
    const peer = this.#peer;
    if (!peer) return Promise.reject(new Error("there is no connection"));
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error("the reply did not come"));
      this.#rejections.add(fail);
      const cancelDeadline = clock.after(REPLY_DEADLINE_MS, fail);
      const replyIsLost = random.chance(weather.replyLost);
      this.#deliver(peer, event, args, (reply, epochs) => {
        if (this.#peer !== peer || replyIsLost) return;
        cancelDeadline();
        this.#rejections.delete(fail);
        this.#heard();
        this.#onReply({ event, args, reply, epochs });
        resolve(reply);
      });
    });
  }

  send(): void {}

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  onHeard(listener: () => void): void {
    this.#heardListeners.push(listener);
  }

  onConnect(listener: () => void): void {
    this.#connectListeners.push(listener);
  }

  onDisconnect(listener: (loss: Loss) => void): void {
    this.#disconnectListeners.push(listener);
  }

  renew(): void {
    this.disconnect();
  }

  wake(): void {}

  close(): void {
    this.#isClosed = true;
    this.disconnect();
    this.#network.forget(this);
  }

  /** Breaks the connection, in the middle of whatever is on it. */
  disconnect(): void {
    const peer = this.#peer;
    if (!peer) return;
    this.#peer = undefined;
    this.#network.service.leave(peer);
    for (const reject of this.#rejections) reject();
    this.#rejections = new Set();
    for (const listener of this.#disconnectListeners) listener("other");
    this.#connectLater();
  }

  /** A message that was on its way when the connection broke has got through, or not; its reply has not. */
  #deliver(
    peer: Peer,
    event: string,
    args: readonly unknown[],
    onReply: (reply: unknown, epochs: number) => void,
  ): void {
    const { clock, random, service } = this.#network;
    const survivesBreak = random.chance(0.5);
    this.#arrivesAt = Math.max(this.#arrivesAt, clock.now() + this.#network.delay());
    clock.after(this.#arrivesAt - clock.now(), () => {
      if (this.#peer !== peer && !survivesBreak) return;
      const { epochs } = service;
      void service
        .answer(peer, event, args)
        .then((reply) => clock.after(this.#network.delay(), () => onReply(reply, epochs)));
    });
  }

  #heard(): void {
    for (const listener of this.#heardListeners) listener();
  }

  #connectLater(): void {
    if (this.#isClosed) return;
    const { clock, random } = this.#network;
    clock.after(random.whole(1, MAX_CONNECT_DELAY_MS), () => this.#connect());
  }

  #connect(): void {
    if (this.#isClosed) return;
    if (this.isOffline || !this.#network.isUp) return this.#connectLater();
    const peer: Peer = { id: this.#network.newConnectionId(), emit: (event, ...args) => this.#emit(peer, event, args) };
    this.#peer = peer;
    for (const listener of this.#connectListeners) listener();
  }

  #emit(peer: Peer, event: string, args: readonly unknown[]): void {
    const { clock, random, weather } = this.#network;
    if (event === BoardEvent.operations && random.chance(weather.lost)) return;
    const times = random.chance(weather.repeated) ? 2 : 1;
    for (let time = 0; time < times; time++) {
      clock.after(this.#network.delay(), () => {
        if (this.#peer !== peer) return;
        this.#heard();
        for (const listener of this.#listeners.get(event) ?? []) listener(...args);
      });
    }
  }
}
