// What `@crosspod/client/board` exports. Nobody installs the protocol, so what a board needs of it is here too.
export {
  BOARD_HEIGHT,
  BOARD_WIDTH,
  type BoardError,
  type BoardErrorCode,
  decodePoints,
  type Item,
  type ItemId,
  type Joined,
  MAX_PRESSURE,
  type Person,
  type Point,
  type StrokeStyle,
} from "@crosspod/protocol";
export { BoardClient, type BoardClientOptions } from "./board/board-client.ts";
export type { BoardPresence } from "./board/board-presence.ts";
export { type OutdatedReloadOptions, reloadWhenOutdated } from "./board/outdated-reload.ts";
export { sanitizeName } from "./board/sanitize-name.ts";
export type { ConnectionState } from "./connection/board-states.ts";
export type { BoardView, ViewChange } from "./document/board-view.ts";
export type { PenStroke } from "./document/pen-stroke.ts";
export type { Eraser, UndoHistory } from "./document/undo-history.ts";
export type { Subscribe, Unsubscribe } from "./events/emitter.ts";
export {
  type KeyValueStorage,
  MemoryOutboxStorage,
  type OutboxStorage,
  type StoredOperation,
  WebOutboxStorage,
} from "./outbox/outbox-storage.ts";
export type { NotSaved, SaveState } from "./outbox/save-state.ts";
export type { Cancel, Clock } from "./timing/clock.ts";
export type { AffinityError, SyncError } from "./transport/affinity-monitor.ts";
export type { BoardTransport, DisconnectReason } from "./transport/board-transport.ts";
export { connectSocket } from "./transport/socket-transport.ts";
