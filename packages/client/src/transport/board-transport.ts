/** Why a connection was lost. `session-unknown`: the pod lacks the session of a long poll; another pod may have it. */
export type DisconnectReason = "session-unknown" | "other";

/** A connection to a whiteboard service that comes back by itself. `connectSocket` makes one over socket.io. */
export interface BoardTransport {
  /** Of the connection that is open now, as others see it; undefined while there is none. */
  readonly id: string | undefined;
  /** Connects, and from then on again whenever the connection is lost, with jitter, until {@link close}. */
  open(): void;
  /** Emits an event and resolves with its reply; rejects when the connection is lost, or the reply is too late. */
  request(event: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Emits without a reply: it arrives, in order, if the connection lasts. Dropped when there is none. */
  emit(event: string, ...args: readonly unknown[]): void;
  /** Emits without a reply; dropped when the connection is down or busy. */
  emitVolatile(event: string, ...args: readonly unknown[]): void;
  on(event: string, listener: (...args: readonly unknown[]) => void): void;
  /** Hears that something came from the service, whatever it was. */
  onHeard(listener: () => void): void;
  onConnect(listener: () => void): void;
  /** Hears that the connection is lost. A session that broke before it could be used counts, too. */
  onDisconnect(listener: (reason: DisconnectReason) => void): void;
  /** Drops the connection that is open, for another one. */
  reconnect(): void;
  /** Tries to connect at once, when the next try would come after a pause. */
  reconnectNow(): void;
  close(): void;
}
