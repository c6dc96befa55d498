/** What became of this person's own operations. */
export type SaveState =
  /** Everything is acknowledged. */
  | { readonly state: "saved" }
  /** Under way. */
  | { readonly state: "saving"; readonly operations: number }
  /** Not under way, or refused; `reason` is for a person. */
  | { readonly state: "not-saved"; readonly operations: number; readonly reason: string };

export const isSameSaveState = (a: SaveState, b: SaveState): boolean => describe(a) === describe(b);

function describe(saveState: SaveState): string {
  switch (saveState.state) {
    case "saved":
      return saveState.state;
    case "saving":
      return `${saveState.state} ${saveState.operations}`;
    case "not-saved":
      return `${saveState.state} ${saveState.operations} ${saveState.reason}`;
  }
}
