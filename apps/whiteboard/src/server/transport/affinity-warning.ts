import type { Log } from "@crosspod/service";

/** What engine.io calls a request for a session that this pod does not have. */
const SESSION_UNKNOWN = "Session ID unknown";

const WARNING_INTERVAL_MS = 60_000;

const WARNING =
  "a request came for a session that this pod does not have; while pods come and go that happens now and then. " +
  "If it goes on, requests of one session go to several pods: long polling needs a balancer that keeps a session on one pod, " +
  "as Istio does with consistentHash on a cookie; WebSocket does not need it";

/** Warns an operator of requests for sessions of other pods, with their number, at most once a minute [W1]. */
export class AffinityWarning {
  readonly #log: Log;
  readonly #now: () => number;
  #requests = 0;
  #warnAgainAt = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds of a clock that never goes back. */
  constructor(log: Log, now = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /** Takes note of a request that engine.io refused. */
  refused(reason: string): void {
    if (reason !== SESSION_UNKNOWN) return;
    this.#requests += 1;
    if (this.#now() < this.#warnAgainAt) return;
    this.#log.warn({ requests: this.#requests }, WARNING);
    this.#requests = 0;
    this.#warnAgainAt = this.#now() + WARNING_INTERVAL_MS;
  }
}
