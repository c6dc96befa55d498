import type { Transitions } from "../events/state-machine.ts";

/** The connection to a pod, whatever goes over it. */
export type LinkState = "idle" | "connecting" | "connected" | "reconnecting" | "closed";
export type LinkEvent = "open" | "connect" | "disconnect" | "close";

export const LINK_TRANSITIONS: Transitions<LinkState, LinkEvent> = {
  idle: { open: "connecting", close: "closed" },
  connecting: { connect: "connected", disconnect: "reconnecting", close: "closed" },
  connected: { disconnect: "reconnecting", close: "closed" },
  reconnecting: { connect: "connected", close: "closed" },
  closed: {},
};

/**
 * The replica of the board [W10]. `live`: it follows the stream. `waiting`: it joins again after a pause.
 * `outdated`: the pod speaks another protocol, and after a pause another one is looked for [W14].
 */
export type SyncState = "offline" | "joining" | "live" | "waiting" | "outdated";
export type SyncEvent = "connect" | "join" | "fail" | "mismatch" | "diverge" | "retry" | "disconnect";

export const SYNC_TRANSITIONS: Transitions<SyncState, SyncEvent> = {
  offline: { connect: "joining" },
  joining: { join: "live", fail: "waiting", mismatch: "outdated", disconnect: "offline" },
  live: { diverge: "waiting", disconnect: "offline" },
  waiting: { retry: "joining", disconnect: "offline" },
  outdated: { disconnect: "offline" },
};

/**
 * What sends the outbox [W6]. `throttled`: until the pace allows the next message. `pausing`: until what was refused
 * for now is sent again. `closed`: the board is not joined.
 */
export type SenderState = "closed" | "sending" | "throttled" | "pausing";
export type SenderEvent = "open" | "throttle" | "refuse" | "resume" | "close";

export const SENDER_TRANSITIONS: Transitions<SenderState, SenderEvent> = {
  closed: { open: "sending" },
  sending: { throttle: "throttled", refuse: "pausing", close: "closed" },
  throttled: { resume: "sending", refuse: "pausing", close: "closed" },
  pausing: { resume: "sending", close: "closed" },
};

/** What a page shows of the connection and of the board's state. */
export type ConnectionState =
  /** There was no connection yet. */
  | "connecting"
  /** Connected, but some of the board is still on its way. */
  | "catching-up"
  /** What is here is what the board is. */
  | "live"
  /** The connection was lost; one can go on drawing. */
  | "reconnecting"
  /** `BoardClient.close` was called. */
  | "closed";

export function connectionState(link: LinkState, sync: SyncState): ConnectionState {
  if (link === "connected") return sync === "live" ? "live" : "catching-up";
  return link === "idle" ? "connecting" : link;
}
