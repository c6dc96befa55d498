import type { AppendedUpdate } from "@crosspod/protocol";
import type { Snapshot } from "../store/feed-store.ts";
import { Backlog, type FramedUpdate } from "./backlog.ts";
import { Subscriber, type Transport } from "./subscriber.ts";

/** What a hub counts. */
export interface HubCounters {
  /** Frames handed to sockets. */
  delivered(count: number): void;
  /** Updates that a slow consumer did not get, because a newer value of the same id went out in their place. */
  conflated(count: number): void;
  /** Time from the append to the write of a flush's oldest update, in seconds. */
  sent(seconds: number): void;
}

/** Most bytes that are collected before they are written; it bounds what one write can leave in a slow socket. */
const MAX_FLUSH_BYTES = 64 * 1024;

/**
 * Fans updates out [B4] [B10]. The frames of one turn of the event loop are joined and written once to each subscriber.
 * One whose socket is full gets, once it has drained, the newest value of each id: memory grows with ids, not with lag.
 */
export class Hub {
  readonly #backlog = new Backlog();
  readonly #caughtUp = new Set<Subscriber>();
  readonly #lagging = new Set<Subscriber>();
  readonly #counters: HubCounters;
  #stateFrame: Buffer | undefined;
  #pending: FramedUpdate[] = [];
  #pendingBytes = 0;
  #flushTimer: NodeJS.Immediate | undefined;
  #epoch = "";

  constructor(counters: HubCounters) {
    this.#counters = counters;
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** The newest revision that is here. */
  get revision(): number {
    return this.#backlog.revision;
  }

  get idCount(): number {
    return this.#backlog.size;
  }

  /** How many subscribers have a full socket. */
  get laggingCount(): number {
    return this.#lagging.size;
  }

  /** Takes updates in the order of their revisions and sends them at the end of this turn of the event loop. */
  publish(updates: readonly AppendedUpdate[]): void {
    for (const update of updates) {
      const entry = this.#backlog.add(update);
      this.#pending.push(entry);
      this.#pendingBytes += entry.frame.length;
      if (this.#pendingBytes >= MAX_FLUSH_BYTES) this.#flush();
    }
    this.#flushTimer ??= setImmediate(() => this.#flush());
  }

  /** Forgets what is here and takes another data set; every subscriber gets it from its start, after another hello. */
  reset(snapshot: Snapshot): void {
    this.#flush();
    this.#epoch = snapshot.epoch;
    this.#backlog.reset(snapshot);
    for (const subscriber of this.#lagging) subscriber.startOver();
    for (const subscriber of this.#caughtUp) {
      subscriber.startOver();
      this.#catchUp(subscriber);
    }
  }

  /** Sends the feed's state to all that want it; to those that lag once they have caught up. */
  broadcast(frame: Buffer): void {
    this.#flush();
    this.#stateFrame = frame;
    for (const subscriber of this.#lagging) subscriber.missedState = subscriber.transport.wantsState;
    for (const subscriber of this.#caughtUp) {
      if (subscriber.transport.wantsState && !subscriber.transport.write(frame)) this.#setLagging(subscriber);
    }
  }

  /** Sends one subscriber the feed's state: at once, or when it has caught up. */
  send(subscriber: Subscriber, frame: Buffer): void {
    this.#flush();
    this.#stateFrame = frame;
    if (!this.#caughtUp.has(subscriber)) subscriber.missedState = true;
    else if (!subscriber.transport.write(frame)) this.#setLagging(subscriber);
  }

  /** Adds a subscriber that has seen everything up to `revision`, and sends it the rest [B9]. */
  subscribe(transport: Transport, revision = 0): Subscriber {
    const subscriber = new Subscriber(transport, revision);
    this.#catchUp(subscriber);
    return subscriber;
  }

  unsubscribe(subscriber: Subscriber): void {
    this.#caughtUp.delete(subscriber);
    this.#lagging.delete(subscriber);
  }

  /** The socket of a subscriber has room again; one that has left stays away. */
  drained(subscriber: Subscriber): void {
    if (this.#lagging.has(subscriber)) this.#catchUp(subscriber);
  }

  /** Evicts those whose sockets have been full for so long. */
  evictSlowConsumers(milliseconds: number): void {
    const time = performance.now() - milliseconds;
    for (const { fullSince = time, transport } of [...this.#lagging]) if (fullSince < time) transport.evict();
  }

  /** Sends what a subscriber has not seen until its socket is full or nothing is left. */
  #catchUp(subscriber: Subscriber): void {
    this.#flush();
    subscriber.fullSince = undefined;
    const hello = subscriber.saidHello ? undefined : subscriber.transport.helloFrame();
    subscriber.saidHello = true;
    if (hello && !subscriber.transport.write(hello)) return this.#setLagging(subscriber);
    while (subscriber.revision < this.revision) {
      const { frames, count, revision } = this.#backlog.chunkAfter(subscriber.revision);
      this.#counters.delivered(count);
      if (subscriber.joined) this.#counters.conflated(revision - subscriber.revision - count);
      subscriber.revision = revision;
      if (!subscriber.transport.write(frames)) return this.#setLagging(subscriber);
    }
    subscriber.joined = true;
    this.#lagging.delete(subscriber);
    this.#caughtUp.add(subscriber);
    if (!subscriber.missedState || !this.#stateFrame) return;
    subscriber.missedState = false;
    if (!subscriber.transport.write(this.#stateFrame)) this.#setLagging(subscriber);
  }

  #flush(): void {
    const pending = this.#pending;
    const newest = pending.at(-1);
    clearImmediate(this.#flushTimer);
    this.#flushTimer = undefined;
    if (!newest) return;
    this.#pending = [];
    this.#pendingBytes = 0;
    const frames = pending.length === 1 ? newest.frame : Buffer.concat(pending.map(({ frame }) => frame));
    const subscribers = this.#caughtUp.size;
    for (const subscriber of this.#caughtUp) {
      subscriber.revision = newest.revision;
      if (!subscriber.transport.write(frames)) this.#setLagging(subscriber);
    }
    this.#counters.delivered(subscribers * pending.length);
    this.#counters.sent((Date.now() - (pending[0] ?? newest).at) / 1_000);
  }

  #setLagging(subscriber: Subscriber): void {
    subscriber.fullSince ??= performance.now();
    this.#caughtUp.delete(subscriber);
    this.#lagging.add(subscriber);
  }
}
