// What `@crosspod/client/feed` exports. It brings no socket.io along.
export type { FeedState, Hello } from "@crosspod/protocol";
export type { Subscribe, Unsubscribe } from "./events/emitter.ts";
export { FeedClient, type FeedClientOptions, type FeedClientState } from "./feed/feed-client.ts";
export type { FeedSocket } from "./feed/feed-socket.ts";
export type { FeedValue } from "./feed/feed-values.ts";
