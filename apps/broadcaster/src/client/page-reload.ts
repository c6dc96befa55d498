import { storedText, storeText } from "@crosspod/page";

const KEY = "crosspod-reloaded-at";
const MIN_INTERVAL_MS = 60_000;
/** So that not all pages load at once when a new version is rolled out. */
const MAX_PAUSE_MS = 3_000;

/** What a reload needs of the browser. */
export interface ReloadHost {
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  readonly now: () => number;
  readonly random: () => number;
  readonly reload: () => void;
}

/**
 * Loads the page anew after a random pause, at most once a minute; not at all where the browser keeps nothing that
 * could say when it did [B7].
 */
export class PageReload {
  readonly #host: ReloadHost;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReloadHost) {
    this.#host = host;
  }

  schedule(): void {
    const { now, random } = this.#host;
    const reloadedAt = Number(storedText(() => this.#host.storage, KEY) ?? Number.NEGATIVE_INFINITY);
    const wait = Math.max(0, reloadedAt + MIN_INTERVAL_MS - now());
    this.cancel();
    this.#timer = setTimeout(() => this.#reload(), wait + random() * MAX_PAUSE_MS);
  }

  /** The page is right again. */
  cancel(): void {
    clearTimeout(this.#timer);
  }

  #reload(): void {
    const { now, reload } = this.#host;
    if (storeText(() => this.#host.storage, KEY, `${now()}`)) reload();
  }
}
