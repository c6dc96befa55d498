import { type CommittedUpdate, encodeUpdate } from "@crosspod/protocol";
import type { Snapshot } from "./feed-store.ts";
import { textFrame } from "./frame.ts";
import { LatestValues } from "./latest-values.ts";

/** Where a reader's frames go. */
export interface Sink {
  /** What goes before the data set, at the start and after each {@link Hub.reset}; undefined for a client that did not ask. */
  greeting(): Buffer | undefined;
  /** Whether it asked for the feed's state too [B7]. */
  readonly wantsState: boolean;
  /** Its socket has been full for too long. */
  stuck(): void;
  /** Takes whole frames, at once. Returns false when no more should come until {@link Reader.drained} is called. */
  write(frames: Buffer): boolean;
}

/** What a hub counts. */
export interface HubCounters {
  /** Frames handed to sockets. */
  delivered(count: number): void;
  /** Updates that a slow reader did not get, because a newer value of the same id went out in their place. */
  conflated(count: number): void;
  /** Time from the commit to the write of a turn's oldest update, in seconds. */
  sent(seconds: number): void;
}

interface FramedUpdate extends CommittedUpdate {
  readonly frame: Buffer;
}

/** Joined frames past one revision. */
interface Chunk {
  readonly frames: Buffer;
  readonly count: number;
  /** Of the last frame. */
  readonly revision: number;
}

/** Most bytes that a reader which catches up gets in one write; what is left waits until it has read them. */
const CATCH_UP_BYTES = 64 * 1024;

/** Most bytes that a turn collects before they are written; it bounds what one write can leave in a slow socket. */
const TURN_BYTES = 64 * 1024;

/** How many pieces of catching up are kept for the next who needs the same: after a restart, all do. */
const MAX_CHUNKS = 32;

/**
 * Fans updates out to readers [B4] [B10]. An update's frame is built once; the frames of one turn of the event loop are joined
 * once and written once to each reader that is caught up. A reader whose socket is full gets nothing until it has drained, and then the newest value
 * of each id past its own revision: memory grows with the ids, never with slow readers. Who joins starts as such a reader, at revision 0.
 */
export class Hub {
  readonly #latest = new LatestValues<FramedUpdate>();
  readonly #caughtUp = new Set<Reader>();
  readonly #behind = new Set<Reader>();
  readonly #counters: HubCounters;
  #stateFrame: Buffer | undefined;
  #turn: FramedUpdate[] = [];
  #turnBytes = 0;
  #turnTimer: NodeJS.Immediate | undefined;
  /** By the revision after which they begin, as of the newest revision. */
  readonly #chunks = new Map<number, Chunk>();
  #epoch = "";
  #revision = 0;

  constructor(counters: HubCounters) {
    this.#counters = counters;
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** The newest revision that is here. */
  get revision(): number {
    return this.#revision;
  }

  get idCount(): number {
    return this.#latest.size;
  }

  /** How many readers have a full socket. */
  get behindCount(): number {
    return this.#behind.size;
  }

  /** Takes updates in the order of their revisions and sends them at the end of this turn of the event loop. */
  publish(updates: readonly CommittedUpdate[]): void {
    for (const update of updates) {
      const entry = framed(update);
      this.#latest.set(entry);
      this.#chunks.clear();
      this.#revision = entry.revision;
      this.#turn.push(entry);
      this.#turnBytes += entry.frame.length;
      if (this.#turnBytes >= TURN_BYTES) this.#endTurn();
    }
    if (this.#turn.length > 0) this.#turnTimer ??= setImmediate(() => this.#endTurn());
  }

  /** Forgets what is here and takes another data set; every reader is greeted again and gets it from its start. */
  reset(snapshot: Snapshot): void {
    this.#endTurn();
    this.#epoch = snapshot.epoch;
    this.#revision = snapshot.revision;
    this.#chunks.clear();
    this.#latest.clear();
    for (const update of snapshot.updates) this.#latest.set(framed(update));
    for (const reader of this.#behind) reader.startOver();
    for (const reader of this.#caughtUp) {
      reader.startOver();
      this.catchUp(reader);
    }
  }

  /** Sends the feed's state to the readers that want it; to those that are behind once they have caught up. */
  announce(frame: Buffer): void {
    this.#endTurn();
    this.#stateFrame = frame;
    for (const reader of this.#behind) reader.missedState = reader.sink.wantsState;
    for (const reader of this.#caughtUp) {
      if (reader.sink.wantsState && !reader.sink.write(frame)) this.#fellBehind(reader);
    }
  }

  /** Sends one reader the feed's state: at once, or when it has caught up. */
  tell(reader: Reader, frame: Buffer): void {
    this.#endTurn();
    this.#stateFrame = frame;
    if (!this.#caughtUp.has(reader)) reader.missedState = true;
    else if (!reader.sink.write(frame)) this.#fellBehind(reader);
  }

  /** Adds a reader that has seen everything up to `revision`, and sends it the rest [B9]. */
  join(sink: Sink, revision = 0): Reader {
    const reader = new Reader(this, sink, revision);
    this.catchUp(reader);
    return reader;
  }

  leave(reader: Reader): void {
    // A drain may still come: it must not bring the reader back.
    reader.fullSince = undefined;
    this.#caughtUp.delete(reader);
    this.#behind.delete(reader);
  }

  /** Tells the sinks that have been full since before `time`, in milliseconds of `performance.now()`. */
  tellStuck(time: number): void {
    for (const { fullSince, sink } of [...this.#behind]) {
      if (fullSince !== undefined && fullSince < time) sink.stuck();
    }
  }

  /** Sends what a reader has not seen until its socket is full or nothing is left. */
  catchUp(reader: Reader): void {
    this.#endTurn();
    reader.fullSince = undefined;
    const greeting = reader.greeted ? undefined : reader.sink.greeting();
    reader.greeted = true;
    if (greeting && !reader.sink.write(greeting)) return this.#fellBehind(reader);
    while (reader.revision < this.#revision) {
      const { frames, count, revision } = this.#chunkAfter(reader.revision);
      this.#counters.delivered(count);
      if (reader.joined) this.#counters.conflated(revision - reader.revision - count);
      reader.revision = revision;
      if (!reader.sink.write(frames)) return this.#fellBehind(reader);
    }
    reader.joined = true;
    this.#behind.delete(reader);
    this.#caughtUp.add(reader);
    if (!reader.missedState || !this.#stateFrame) return;
    reader.missedState = false;
    if (!reader.sink.write(this.#stateFrame)) this.#fellBehind(reader);
  }

  #endTurn(): void {
    const turn = this.#turn;
    const newest = turn.at(-1);
    clearImmediate(this.#turnTimer);
    this.#turnTimer = undefined;
    if (!newest) return;
    this.#turn = [];
    this.#turnBytes = 0;
    const frames = turn.length === 1 ? newest.frame : Buffer.concat(turn.map(({ frame }) => frame));
    const readers = this.#caughtUp.size;
    for (const reader of this.#caughtUp) {
      reader.revision = newest.revision;
      if (!reader.sink.write(frames)) this.#fellBehind(reader);
    }
    this.#counters.delivered(readers * turn.length);
    this.#counters.sent((Date.now() - (turn[0] ?? newest).at) / 1_000);
  }

  #fellBehind(reader: Reader): void {
    reader.fullSince ??= performance.now();
    this.#caughtUp.delete(reader);
    this.#behind.add(reader);
  }

  #chunkAfter(after: number): Chunk {
    const known = this.#chunks.get(after);
    if (known) return known;
    const entries = this.#entriesAfter(after);
    const frames = Buffer.concat(entries.map(({ frame }) => frame));
    const chunk = { frames, count: entries.length, revision: entries.at(-1)?.revision ?? this.#revision };
    if (this.#chunks.size >= MAX_CHUNKS) this.#chunks.clear();
    this.#chunks.set(after, chunk);
    return chunk;
  }

  #entriesAfter(revision: number): FramedUpdate[] {
    const entries: FramedUpdate[] = [];
    let bytes = 0;
    for (const entry of this.#latest.after(revision)) {
      entries.push(entry);
      bytes += entry.frame.length;
      if (bytes >= CATCH_UP_BYTES) break;
    }
    return entries;
  }
}

/** One reader of a hub: how far it has come. Made by {@link Hub.join}. */
export class Reader {
  /** Performance time since which its socket is full; undefined while there is room. */
  fullSince: number | undefined;
  /** Whether the state was announced while it was behind. */
  missedState = false;
  /** Whether the greeting of this data set was sent. */
  greeted = false;
  /** Whether it has been caught up once; before that, what it skips is history. */
  joined = false;

  constructor(
    readonly hub: Hub,
    readonly sink: Sink,
    /** The newest revision that was written to it. */
    public revision: number,
  ) {}

  /** Its socket has room again. */
  drained(): void {
    if (this.fullSince !== undefined) this.hub.catchUp(this);
  }

  /** Sends it the feed's state. */
  tell(frame: Buffer): void {
    this.hub.tell(this, frame);
  }

  /** Nothing more is sent to it. */
  leave(): void {
    this.hub.leave(this);
  }

  startOver(): void {
    this.greeted = false;
    this.joined = false;
    this.revision = 0;
  }
}

const framed = (update: CommittedUpdate): FramedUpdate => ({ ...update, frame: textFrame(encodeUpdate(update)) });
