import { type FeedContext, FeedListener, type Heard } from "./feed-listener.ts";

/** How long an update may take to everybody, until it counts as missed. */
const MISSED_AFTER_MS = 3_000;

/** Several browsers with the same page. Disposing of it closes them all. */
export class FeedCrowd implements Disposable {
  readonly listeners: readonly FeedListener[];

  private constructor(listeners: readonly FeedListener[]) {
    this.listeners = listeners;
  }

  static async open(context: FeedContext, size: number): Promise<FeedCrowd> {
    const opening = Array.from({ length: size }, () => FeedListener.open(context));
    const opened = await Promise.allSettled(opening);
    const crowd = new FeedCrowd(opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
    const failed = opened.find((result) => result.status === "rejected");
    if (!failed) return crowd;
    crowd[Symbol.dispose]();
    throw failed.reason;
  }

  /** What each got first that fits; undefined for those that did not get it in time. */
  async heardByAll(
    find: (listener: FeedListener) => Heard | undefined,
    signal: AbortSignal,
  ): Promise<(Heard | undefined)[]> {
    const waits = this.listeners.map((listener) =>
      listener.within(MISSED_AFTER_MS, () => find(listener) !== undefined || !listener.isOpen, signal),
    );
    await Promise.all(waits);
    signal.throwIfAborted();
    return this.listeners.map(find);
  }

  [Symbol.dispose](): void {
    for (const listener of this.listeners) listener[Symbol.dispose]();
  }
}
