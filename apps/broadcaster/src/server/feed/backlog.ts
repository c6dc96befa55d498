import { type AppendedUpdate, encodeUpdate } from "@crosspod/protocol";
import type { Snapshot } from "../store/feed-store.ts";
import { LatestValues } from "../store/latest-values.ts";
import { textFrame } from "./frame.ts";

export interface FramedUpdate extends AppendedUpdate {
  readonly frame: Buffer;
}

/** Joined frames past one revision. */
export interface Chunk {
  readonly frames: Buffer;
  readonly count: number;
  /** Of the last frame. */
  readonly revision: number;
}

/** Most bytes that a subscriber which catches up gets in one write; what is left waits until it has read them. */
const CATCH_UP_BYTES = 64 * 1024;

/** How many chunks are cached: after a restart all subscribers need the same ones. */
const MAX_CHUNKS = 32;

/** The newest value of each id as frames, for subscribers to catch up with: its size is the number of ids [B10]. */
export class Backlog {
  readonly #latest = new LatestValues<FramedUpdate>();
  /** By the revision after which they begin, as of the newest revision. */
  readonly #chunks = new Map<number, Chunk>();
  #revision = 0;

  /** The newest revision that is here. */
  get revision(): number {
    return this.#revision;
  }

  get size(): number {
    return this.#latest.size;
  }

  /** Takes the update with the next revision, and returns it with its frame. */
  add(update: AppendedUpdate): FramedUpdate {
    const entry = framed(update);
    this.#latest.set(entry);
    this.#chunks.clear();
    this.#revision = entry.revision;
    return entry;
  }

  /** Forgets what is here, and takes another data set. */
  reset({ revision, updates }: Snapshot): void {
    this.#latest.clear();
    for (const update of updates) this.#latest.set(framed(update));
    this.#chunks.clear();
    this.#revision = revision;
  }

  /** What comes after a revision, or the first piece of it. */
  chunkAfter(after: number): Chunk {
    const known = this.#chunks.get(after);
    if (known) return known;
    const frames: Buffer[] = [];
    let [bytes, revision] = [0, this.#revision];
    for (const entry of this.#latest.after(after)) {
      frames.push(entry.frame);
      bytes += entry.frame.length;
      revision = entry.revision;
      if (bytes >= CATCH_UP_BYTES) break;
    }
    const chunk = { frames: Buffer.concat(frames, bytes), count: frames.length, revision };
    if (this.#chunks.size >= MAX_CHUNKS) this.#chunks.clear();
    this.#chunks.set(after, chunk);
    return chunk;
  }
}

const framed = (update: AppendedUpdate): FramedUpdate => ({ ...update, frame: textFrame(encodeUpdate(update)) });
