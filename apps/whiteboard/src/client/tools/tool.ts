import type { Vector } from "../render/vector.ts";

/** Where a pointer is or was. */
export interface Sample extends Vector {
  /** From 0 to 1; undefined where the device feels none, as a mouse or a finger. */
  readonly pressure: number | undefined;
}

/** What a person does between putting a pointer down and lifting it. Places are CSS pixels of the stage. */
export interface Gesture {
  /** Every place since the last call, also those between two frames. */
  move(samples: readonly Sample[]): void;
  end(): void;
}

/** What a pointer does on the board. */
export interface Tool {
  begin(sample: Sample): Gesture;
}

/** Every tool that can be in hand. */
export type ToolName = "pen" | "eraser" | "hand";
