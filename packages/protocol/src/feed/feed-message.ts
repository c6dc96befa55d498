import { parseRecord } from "../json.ts";
import type { AppendedUpdate } from "./update.ts";

/** Where the feed's clients connect [B6]. */
export const FEED_PATH = "/ws";

/**
 * The query parameters of {@link FEED_PATH}. They are a query and not a subprotocol, because a browser drops a
 * connection whose server does not answer the subprotocol, and the original example's server answers none [B7].
 */
export const FeedParameter = {
  /** `1`: send hello and state messages too [B7]. */
  hello: "hello",
  /** Go on after this revision … [B9] */
  after: "after",
  /** … of this epoch [B9]. */
  epoch: "epoch",
} as const;

/**
 * The version of what goes over {@link FEED_PATH}: it grows with a change that clients of before would misread [B7].
 */
export const FEED_PROTOCOL = 1;

/** Longest message from a client, in bytes. It has next to nothing to say; the limit keeps that cheap [B11]. */
export const MAX_CLIENT_MESSAGE_BYTES = 4_096;

/** How many messages and pings a client may send in {@link CLIENT_MESSAGE_WINDOW_SECONDS} [B11]. */
export const MAX_CLIENT_MESSAGES = 20;
export const CLIENT_MESSAGE_WINDOW_SECONDS = 10;

/** `live`: what the pod sends is what the store holds; `stale`: the pod has lost touch with it [B8]. */
export type FeedState = "live" | "stale";

/** The first message to a client that asked for it; a new one follows when the epoch changes [B7]. */
export interface Hello {
  readonly type: "hello";
  /** {@link FEED_PROTOCOL}, also of a pod that does not say it. */
  readonly protocol: number;
  readonly pod: string;
  readonly version: string;
  /** Names the data set; revisions of different epochs cannot be compared. */
  readonly epoch: string;
  /** The newest revision; the client is caught up once it has seen it. */
  readonly revision: number;
  readonly state: FeedState;
  /** A {@link StateMessage} comes at least this often, so silence for longer means a dead connection [B8]. */
  readonly heartbeatSeconds: number;
}

/** Says the feed's state when it changes, and as a heartbeat [B8]. */
export interface StateMessage {
  readonly type: "state";
  readonly state: FeedState;
  readonly revision: number;
}

/** An update as a client sees it. The original example's server sends only `id` and `value` [B5]. */
export type UpdateMessage = Pick<AppendedUpdate, "id" | "value"> & Partial<AppendedUpdate>;

/** What a client that doubts its connection sends; the answer is a {@link StateMessage} [B8]. */
export const STATE_REQUEST = JSON.stringify({ type: "state" });

/** This pod is leaving: the client connects again, and does not wait for the close that follows [B12]. */
export const LEAVING = { type: "leaving" } as const;

/** A hello of a pod that speaks another {@link FEED_PROTOCOL}: nothing else that it sends can be relied on [B7]. */
export interface OtherProtocol {
  readonly type: "other-protocol";
  readonly protocol: number;
}

export type FeedMessage = Hello | OtherProtocol | StateMessage | typeof LEAVING | UpdateMessage;

export const encodeUpdate = ({ id, value, revision, at }: AppendedUpdate): string =>
  JSON.stringify({ id, value, revision, at });

export const encodeFeedMessage = (message: Hello | StateMessage | typeof LEAVING): string => JSON.stringify(message);

/**
 * Reads a message from the server, also from the original example's; undefined for anything else, which a client skips.
 */
export function parseFeedMessage(text: string): FeedMessage | undefined {
  const json = parseRecord(text);
  if (!json) return undefined;
  if (json.type === "hello") return parseHello(json);
  if (json.type === "state") return isStateMessage(json) ? json : undefined;
  if (json.type === "leaving") return LEAVING;
  return isUpdateMessage(json) ? json : undefined;
}

function parseHello(json: Json<Hello>): Hello | OtherProtocol | undefined {
  const { protocol = FEED_PROTOCOL } = json;
  if (typeof protocol !== "number") return undefined;
  if (protocol !== FEED_PROTOCOL) return { type: "other-protocol", protocol };
  const hello = { ...json, protocol };
  return isHello(hello) ? hello : undefined;
}

type Json<T> = { readonly [K in keyof T]?: unknown };

const isRevision = (json: unknown): json is number => Number.isSafeInteger(json);
const isFeedState = (json: unknown): json is FeedState => json === "live" || json === "stale";

const isHello = (json: Json<Hello>): json is Hello =>
  typeof json.pod === "string" &&
  typeof json.version === "string" &&
  typeof json.epoch === "string" &&
  isRevision(json.revision) &&
  isFeedState(json.state) &&
  typeof json.heartbeatSeconds === "number";

const isStateMessage = (json: Json<StateMessage>): json is StateMessage =>
  isFeedState(json.state) && isRevision(json.revision);

const isUpdateMessage = (json: Json<UpdateMessage>): json is UpdateMessage =>
  typeof json.id === "string" &&
  typeof json.value === "string" &&
  (json.revision === undefined || isRevision(json.revision)) &&
  (json.at === undefined || typeof json.at === "number");
