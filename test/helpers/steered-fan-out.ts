import { LocalFanOut } from "../../apps/whiteboard/src/server/fan-out.ts";

/** A way to other pods of which a test decides when its rooms are heard of, and what the others say. */
export class SteeredFanOut extends LocalFanOut {
  readonly #listeners = new Set<(text: string) => void>();
  #entered = Promise.resolve();

  /** Lets nobody enter; the function that comes back lets all go on. */
  hold(): () => void {
    let open = (): void => undefined;
    this.#entered = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  }

  /** Another pod says something, on whatever topic. */
  say(text: string): void {
    for (const listener of this.#listeners) listener(text);
  }

  override entered(): Promise<void> {
    return this.#entered;
  }

  override listen(_topic?: string, listener: (text: string) => void = () => {}): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
