import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import { unpackLastRelease } from "../../releases/unpack.mjs";
import { Pod } from "../service/pod.ts";

/** A person's side of a board as the last release has it: what tests use of it. */
export interface ReleasedBoardClient {
  readonly state: "connecting" | "catching-up" | "live" | "reconnecting" | "closed";
  readonly saveState: { readonly state: "saved" | "saving" | "not-saved"; readonly reason?: string };
  /** Why the board is not all here. */
  readonly trouble: { readonly code: string; readonly detail: string } | undefined;
  readonly view: { items(): Iterable<ReleasedItem> };
  open(): void;
  /** Leaves in its storage what is not acknowledged. */
  close(): void;
  beginStroke(style: ReleasedStyle, first: ReleasedPoint): ReleasedStroke;
}

/** A stroke on the board; its points are text. */
export interface ReleasedItem extends ReleasedStyle {
  readonly id: string;
  readonly points: string;
}

export interface ReleasedStyle {
  readonly color: string;
  readonly width: number;
  readonly pressure: boolean;
}

export interface ReleasedPoint {
  readonly x: number;
  readonly y: number;
  readonly pressure?: number;
}

export interface ReleasedStroke {
  readonly id: string;
  extend(points: readonly ReleasedPoint[]): void;
  end(): void;
}

/** What a browser's `localStorage` is to the client. */
export interface ReleasedKeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The client of the last release, as a module, with the codecs of its points. */
export interface ReleasedClient {
  readonly BoardClient: new (options: {
    readonly url: string;
    readonly board: string;
    readonly name: string;
    readonly storage?: object;
  }) => ReleasedBoardClient;
  /** Keeps operations under `crosspod.outbox:BOARD:CLIENT:N`, as `ORDER:TEXT`. */
  readonly WebOutboxStorage: new (
    storage: ReleasedKeyValueStorage,
  ) => object;
  encodePoints(points: readonly ReleasedPoint[], style: { readonly pressure: boolean }, before?: ReleasedPoint): string;
  countPoints(text: string, style: { readonly pressure: boolean }): number | undefined;
}

/** The whiteboard's last release, unpacked. Disposing of it takes its files away: end its pods first. */
export class LastRelease implements AsyncDisposable {
  readonly client: ReleasedClient;
  readonly #directory: string;

  private constructor(directory: string, client: ReleasedClient) {
    this.#directory = directory;
    this.client = client;
  }

  static async unpack(): Promise<LastRelease> {
    const directory = await mkdtemp(`${tmpdir()}/crosspod-last-release-`);
    unpackLastRelease(directory);
    return new LastRelease(directory, await import(pathToFileURL(`${directory}/client.js`).href));
  }

  /** Of its page. */
  get pageDirectory(): string {
    return `${this.#directory}/server/client/`;
  }

  /** Starts one of its pods, as {@link Pod.start} starts one of today's. */
  startPod(name: string, environment: Readonly<Record<string, string>>): Promise<Pod> {
    return Pod.start(`${this.#directory}/server/main.js`, name, environment);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.#directory, { recursive: true, force: true });
  }
}
