/** What became of this person's own operations. */
export type SaveState =
  /** Everything is acknowledged. */
  | { readonly state: "saved" }
  /** Under way. */
  | { readonly state: "saving"; readonly operations: number }
  | NotSaved;

/** Not under way, or refused. */
export interface NotSaved {
  readonly state: "not-saved";
  /** How many wait until they can be sent; what was refused does not. */
  readonly operations: number;
  /** Whether those that wait outlive this page. */
  readonly isKept: boolean;
  /** For a person. */
  readonly reason: string;
}

export const isSameSaveState = (a: SaveState, b: SaveState): boolean => describe(a) === describe(b);

function describe(saveState: SaveState): string {
  switch (saveState.state) {
    case "saved":
      return saveState.state;
    case "saving":
      return `${saveState.state} ${saveState.operations}`;
    case "not-saved":
      return `${saveState.state} ${saveState.operations} ${saveState.isKept} ${saveState.reason}`;
  }
}
