/** Removes the listener; calling it again does nothing. */
export type Unsubscribe = () => void;

/** Adds a listener for one kind of event. */
export type Subscribe<Arguments extends readonly unknown[]> = (listener: (...args: Arguments) => void) => Unsubscribe;

/** The listeners of one kind of event, in the order in which they were added. */
export class Emitter<Arguments extends readonly unknown[]> {
  readonly #listeners = new Set<(...args: Arguments) => void>();

  /** Bound, so that it can be handed out alone. */
  readonly add: Subscribe<Arguments> = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  emit(...args: Arguments): void {
    for (const listener of this.#listeners) listener(...args);
  }
}
