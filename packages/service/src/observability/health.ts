/**
 * Whether a service can do its work. Each part on which that depends reports here; it is ready while none says
 * otherwise, and starts as not ready.
 */
export class Health {
  readonly #reasons = new Map<string, string>([["service", "starting"]]);

  /** Says that a part cannot work, and why. */
  down(part: string, reason: string): void {
    this.#reasons.set(part, reason);
  }

  /** Says that a part works. */
  up(part: string): void {
    this.#reasons.delete(part);
  }

  /** Why the service should get no new clients at the moment; undefined when it should. */
  get notReady(): string | undefined {
    if (this.#reasons.size === 0) return undefined;
    return [...this.#reasons].map(([part, reason]) => `${part}: ${reason}`).join("; ");
  }
}
