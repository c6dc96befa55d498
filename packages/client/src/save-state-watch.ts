import type { BoardError } from "@crosspod/protocol";
import type { BoardTrouble } from "./board-trouble.ts";
import { Listeners, type Unsubscribe } from "./listeners.ts";
import type { Outbox } from "./outbox.ts";
import { isSameSaveState, type SaveState } from "./save-state.ts";

/** What says whether a person's own operations are on their way. */
export interface SaveFacts {
  readonly outbox: Pick<Outbox, "size" | "isKept">;
  readonly isJoined: boolean;
  readonly trouble: BoardTrouble | undefined;
}

/** Says truthfully what became of a person's own operations, and tells when that has changed [W6]. */
export class SaveStateWatch {
  readonly #changed = new Listeners<[SaveState]>();
  #state: SaveState = { state: "saved" };
  /** What was refused since this person did something last. */
  #refusal: BoardError | undefined;

  get state(): SaveState {
    return this.#state;
  }

  onChange(listener: (state: SaveState) => void): Unsubscribe {
    return this.#changed.add(listener);
  }

  /** This person goes on, and has seen what was refused before. */
  performed(): void {
    this.#refusal = undefined;
  }

  /** Something of this person's was refused for good. */
  refused(error: BoardError): void {
    this.#refusal = error;
  }

  /** Draws the state from what is known now. */
  update(facts: SaveFacts): void {
    const state = this.#derive(facts);
    if (isSameSaveState(state, this.#state)) return;
    this.#state = state;
    this.#changed.emit(state);
  }

  #derive(facts: SaveFacts): SaveState {
    const { size: operations, isKept } = facts.outbox;
    if (operations === 0 && !this.#refusal) return { state: "saved" };
    const reason = this.#refusal?.detail ?? hindrance(facts);
    return reason === undefined ? { state: "saving", operations } : { state: "not-saved", operations, isKept, reason };
  }
}

/** Why operations are not on their way; undefined when they are. */
function hindrance({ isJoined, trouble }: SaveFacts): string | undefined {
  if (trouble) return trouble.detail;
  return isJoined ? undefined : "there is no connection";
}
