import type { UpdateMessage } from "@crosspod/protocol";

/** The newest value of one id, as far as this client knows. */
export interface FeedValue {
  readonly id: string;
  readonly value: string;
  /** Undefined from a server that does not say it, as the original example's. */
  readonly revision: number | undefined;
  /** When it was appended, in milliseconds since 1970; by this client's clock where the server does not say. */
  readonly at: number;
}

/** The newest value of each id, of one data set [B9]. */
export class FeedValues {
  readonly #byId = new Map<string, FeedValue>();
  #revision = 0;

  get byId(): ReadonlyMap<string, FeedValue> {
    return this.#byId;
  }

  /** The newest revision that was seen; 0 when the server does not say. */
  get revision(): number {
    return this.#revision;
  }

  /** Takes an update, and returns what has changed: nothing when a pod that lags behind sends what is known already. */
  take({ id, value, revision, at = Date.now() }: UpdateMessage): FeedValue | undefined {
    if (revision !== undefined && revision <= (this.#byId.get(id)?.revision ?? 0)) return undefined;
    const changed = { id, value, revision, at };
    this.#byId.set(id, changed);
    this.#revision = Math.max(this.#revision, revision ?? 0);
    return changed;
  }

  clear(): void {
    this.#byId.clear();
    this.#revision = 0;
  }
}
