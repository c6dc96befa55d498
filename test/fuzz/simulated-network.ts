import type { BoardTransport, DisconnectReason } from "@crosspod/client";
import { BoardEvent } from "@crosspod/protocol";
import type { Random } from "./random.ts";
import type { SimulatedClock } from "./simulated-clock.ts";
import type { Peer, SimulatedService } from "./simulated-service.ts";

/** How bad the network is, until it is healed. */
export interface Weather {
  /** Probabilities that a reply does not come at all, and a refusal. */
  readonly replyLost: number;
  readonly refusalLost: number;
  /** That a pod loses a part of the stream, which should not be. */
  readonly operationsLost: number;
  readonly maxDelayMs: number;
}

const FAIR: Weather = { replyLost: 0, refusalLost: 0, operationsLost: 0, maxDelayMs: 20 };

/** How long a client waits for a reply. */
const REPLY_DEADLINE_MS = 2_000;
const MAX_CONNECT_DELAY_MS = 300;

/** What goes over a connection, for whoever judges it. `dataSets` is the service's count when the service sent it. */
export interface Observer {
  sent(args: readonly unknown[]): void;
  replied(event: string, args: readonly unknown[], reply: unknown, dataSets: number): void;
  received(event: string, args: readonly unknown[], dataSets: number): void;
}

/** What joins the simulated clients and the service. Over one connection all comes in order, until it breaks. */
export class SimulatedNetwork {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly service: SimulatedService;
  readonly #transports = new Set<SimulatedTransport>();
  #weather: Weather;
  #isUp = true;

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

  connect(observer: Observer): SimulatedTransport {
    const transport = new SimulatedTransport(this, observer);
    this.#transports.add(transport);
    return transport;
  }

  forget(transport: SimulatedTransport): void {
    this.#transports.delete(transport);
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

  /** One direction of a connection: what is sent over it arrives later, in order. */
  newLine(): (arrive: () => void) => void {
    let arrivesAt = 0;
    return (arrive) => {
      const delayMs = this.random.whole(1, this.#weather.maxDelayMs);
      arrivesAt = Math.max(arrivesAt, this.clock.now() + delayMs);
      this.clock.after(arrivesAt - this.clock.now(), arrive);
    };
  }
}

type Listener = (...args: readonly unknown[]) => void;

/** A connection that is open. */
interface Connection {
  readonly peer: Peer;
  readonly up: (arrive: () => void) => void;
  readonly down: (arrive: () => void) => void;
}

/** One connection after the other, of one client. */
export class SimulatedTransport implements BoardTransport {
  readonly #network: SimulatedNetwork;
  readonly #observer: Observer;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #heardListeners: (() => void)[] = [];
  readonly #connectListeners: (() => void)[] = [];
  readonly #disconnectListeners: ((reason: DisconnectReason) => void)[] = [];
  #connection: Connection | undefined;
  #rejections = new Set<() => void>();
  #isClosed = false;
  isOffline = false;

  constructor(network: SimulatedNetwork, observer: Observer) {
    this.#network = network;
    this.#observer = observer;
  }

  get id(): string | undefined {
    return this.#connection && "connection";
  }

  get peer(): Peer | undefined {
    return this.#connection?.peer;
  }

  open(): void {
    this.#connectLater();
  }

  request(event: string, ...args: readonly unknown[]): Promise<unknown> {
    const { clock, random, service, weather } = this.#network;
    const connection = this.#connection;
    return new Promise((resolve, reject) => {
      if (!connection) return reject(new Error("there is no connection"));
      const fail = (): void => reject(new Error("the reply did not come"));
      this.#rejections.add(fail);
      const cancelDeadline = clock.after(REPLY_DEADLINE_MS, fail);
      const isLost = random.chance(weather.replyLost);
      this.#sendUp(connection, () =>
        service.answer(connection.peer, event, args, (reply) => {
          if (isLost) return;
          this.#sendDown(connection, (dataSets) => {
            cancelDeadline();
            this.#rejections.delete(fail);
            this.#observer.replied(event, args, reply, dataSets);
            resolve(reply);
          });
        }),
      );
    });
  }

  emit(event: string, ...args: readonly unknown[]): void {
    const connection = this.#connection;
    if (!connection || event !== BoardEvent.operations) return;
    this.#observer.sent(args);
    this.#sendUp(connection, () => this.#network.service.submit(connection.peer, args));
  }

  emitVolatile(): void {}

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  onHeard(listener: () => void): void {
    this.#heardListeners.push(listener);
  }

  onConnect(listener: () => void): void {
    this.#connectListeners.push(listener);
  }

  onDisconnect(listener: (reason: DisconnectReason) => void): void {
    this.#disconnectListeners.push(listener);
  }

  reconnect(): void {
    this.disconnect();
  }

  reconnectNow(): void {}

  close(): void {
    this.#isClosed = true;
    this.disconnect();
    this.#network.forget(this);
  }

  /** Breaks the connection, in the middle of whatever is on it. */
  disconnect(): void {
    const connection = this.#connection;
    if (!connection) return;
    this.#connection = undefined;
    this.#network.service.leave(connection.peer);
    for (const reject of this.#rejections) reject();
    this.#rejections = new Set();
    for (const listener of this.#disconnectListeners) listener("other");
    this.#connectLater();
  }

  /** A message that was on its way when the connection broke has got through, or not. */
  #sendUp(connection: Connection, arrive: () => void): void {
    const survivesBreak = this.#network.random.chance(0.5);
    connection.up(() => {
      if (this.#connection === connection || survivesBreak) arrive();
    });
  }

  #sendDown(connection: Connection, arrive: (dataSets: number) => void): void {
    const { dataSets } = this.#network.service;
    connection.down(() => {
      if (this.#connection !== connection) return;
      for (const listener of this.#heardListeners) listener();
      arrive(dataSets);
    });
  }

  #connectLater(): void {
    if (this.#isClosed) return;
    const { clock, random } = this.#network;
    clock.after(random.whole(1, MAX_CONNECT_DELAY_MS), () => this.#connect());
  }

  #connect(): void {
    if (this.#isClosed) return;
    if (this.isOffline || !this.#network.isUp) return this.#connectLater();
    const connection: Connection = {
      peer: { emit: (event, ...args) => this.#receive(connection, event, args) },
      up: this.#network.newLine(),
      down: this.#network.newLine(),
    };
    this.#connection = connection;
    for (const listener of this.#connectListeners) listener();
  }

  #receive(connection: Connection, event: string, args: readonly unknown[]): void {
    const { random, weather } = this.#network;
    if (event === BoardEvent.refused && random.chance(weather.refusalLost)) return;
    if (event === BoardEvent.operations && random.chance(weather.operationsLost)) return;
    this.#sendDown(connection, (dataSets) => {
      this.#observer.received(event, args, dataSets);
      for (const listener of this.#listeners.get(event) ?? []) listener(...args);
    });
  }
}
