import type { BoardError } from "@crosspod/protocol";
import type { Clock } from "../timing/clock.ts";
import { Timer } from "../timing/timer.ts";
import type { DisconnectReason } from "./board-transport.ts";

/** Why a board is not all here: what the service said, or that there is no connection that lasts. */
export type SyncError = BoardError | AffinityError;

/** The requests of one session go to several pods, and only one of them knows it [W1]. */
export interface AffinityError {
  readonly code: "no-affinity";
  readonly detail: string;
}

/** So many sessions must break one after the other: one alone does so too when its pod is gone. */
const LOST_SESSIONS = 3;
/** A connection that lasts this long has affinity: it had several long polls by then. */
const STEADY_MS = 10_000;

const NO_AFFINITY: AffinityError = {
  code: "no-affinity",
  detail:
    "the connection is broken again and again: long polling needs a balancer that keeps it on one server. " +
    "Ask who runs this service, or allow WebSocket",
};

/** Tells a balancer that scatters a session's long polls over pods from connections that break now and then [W1]. */
export class AffinityMonitor {
  readonly #steady: Timer;
  #losses = 0;

  /** @param onSteady a connection has lasted. */
  constructor(clock: Clock, onSteady: () => void) {
    this.#steady = new Timer(clock, () => {
      this.#losses = 0;
      onSteady();
    });
  }

  get error(): AffinityError | undefined {
    return this.#losses < LOST_SESSIONS ? undefined : NO_AFFINITY;
  }

  connected(): void {
    this.#steady.start(STEADY_MS);
  }

  disconnected(reason: DisconnectReason): void {
    this.close();
    if (reason === "session-unknown") this.#losses += 1;
  }

  close(): void {
    this.#steady.stop();
  }
}
