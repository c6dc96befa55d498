import { handOf, type PenSample } from "../recording.ts";

/** How far a person draws from the one before with the same hand, in pixels, so that nobody draws over another. */
const SHIFT = { x: 3, y: 2 } as const;

/** What a pen did in one sample. */
export interface PenStep {
  readonly sample: PenSample;
  /** Whether a stroke begins here. */
  readonly isDown: boolean;
}

/** A pen that never rests: repeats what a hand of the recording drew, without its pauses, from a place of its own. */
export class PenWalk {
  readonly #steps: readonly PenStep[];
  #next: number;

  constructor(person: number) {
    const shift = person % 60;
    this.#steps = handOf(person).strokes.flatMap(({ samples }) =>
      samples
        .filter((sample) => sample !== undefined)
        .map((sample, index) => ({
          sample: { ...sample, x: sample.x + shift * SHIFT.x, y: sample.y + shift * SHIFT.y },
          isDown: index === 0,
        })),
    );
    this.#next = Math.floor(((person * 0.618) % 1) * this.#steps.length);
  }

  /** The next sample of the pen. */
  step(): PenStep {
    const step = this.#steps[this.#next];
    if (!step) throw new Error("the pen has nothing to draw");
    this.#next = (this.#next + 1) % this.#steps.length;
    return step;
  }
}
