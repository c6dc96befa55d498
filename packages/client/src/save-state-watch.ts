import type { BoardError } from "@crosspod/protocol";
import { Listeners } from "./listeners.ts";
import type { Outbox } from "./outbox.ts";
import { isSameSaveState, type SaveState } from "./save-state.ts";

/** Says truthfully what became of a person's own operations, and tells when that has changed [W6]. */
export class SaveStateWatch {
  readonly changed = new Listeners<[SaveState]>();
  #state: SaveState = { state: "saved" };
  /** What was refused since this person did something last. */
  #refusal: BoardError | undefined;

  get state(): SaveState {
    return this.#state;
  }

  /** This person goes on, and has seen what was refused before. */
  performed(): void {
    this.#refusal = undefined;
  }

  /** Something of this person's was refused for good. */
  refused(error: BoardError): void {
    this.#refusal = error;
  }

  /** Draws the state from what is known now; `blockedBy` says why operations are not on their way, if they are not. */
  update(outbox: Pick<Outbox, "size" | "isKept">, blockedBy: string | undefined): void {
    const state = this.#derive(outbox, this.#refusal?.detail ?? blockedBy);
    if (isSameSaveState(state, this.#state)) return;
    this.#state = state;
    this.changed.emit(state);
  }

  #derive({ size: operations, isKept }: Pick<Outbox, "size" | "isKept">, reason: string | undefined): SaveState {
    if (operations === 0 && !this.#refusal) return { state: "saved" };
    return reason === undefined ? { state: "saving", operations } : { state: "not-saved", operations, isKept, reason };
  }
}
