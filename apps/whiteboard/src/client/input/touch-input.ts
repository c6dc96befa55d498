import { distance } from "../render/vector.ts";
import type { Viewport } from "../render/viewport.ts";
import type { Gesture, Sample } from "../tools/tool.ts";
import type { Toolbox } from "../tools/toolbox.ts";

/** How far, in CSS pixels, a finger goes before it begins a stroke: until then a second one makes it a pinch. */
const BEGIN_DISTANCE = 6;

/** One finger uses the tool in hand; two move and zoom. A second finger ends the stroke of the first. */
export class TouchInput {
  readonly #toolbox: Toolbox;
  readonly #viewport: Viewport;
  readonly #fingers = new Map<number, Sample>();
  #gesture: Gesture | undefined;
  #waiting: Sample[] = [];

  constructor(toolbox: Toolbox, viewport: Viewport) {
    this.#toolbox = toolbox;
    this.#viewport = viewport;
  }

  down(finger: number, sample: Sample): void {
    this.#fingers.set(finger, sample);
    if (this.#fingers.size > 1) return this.#end();
    this.#waiting = [sample];
  }

  move(finger: number, samples: readonly Sample[]): void {
    const last = samples.at(-1);
    if (!last || !this.#fingers.has(finger)) return;
    if (this.#fingers.size > 1) return this.#pinch(finger, last);
    this.#fingers.set(finger, last);
    if (this.#gesture) return this.#gesture.move(samples);
    const [first] = this.#waiting;
    if (!first) return;
    this.#waiting.push(...samples);
    if (distance(first, last) >= BEGIN_DISTANCE) this.#begin();
  }

  up(finger: number): void {
    if (!this.#fingers.delete(finger)) return;
    // A tap is a dot.
    if (this.#fingers.size === 0) this.#begin();
    this.#end();
  }

  #begin(): void {
    const [first, ...rest] = this.#waiting;
    this.#waiting = [];
    if (!first) return;
    this.#gesture = this.#toolbox.inHand.begin(first);
    this.#gesture.move(rest);
  }

  /** What waited to become a stroke becomes none. */
  #end(): void {
    this.#waiting = [];
    this.#gesture?.end();
    this.#gesture = undefined;
  }

  #pinch(finger: number, to: Sample): void {
    const [a, b] = this.#fingers;
    if (!a || !b || (finger !== a[0] && finger !== b[0])) return;
    this.#fingers.set(finger, to);
    this.#viewport.pinch([a[1], b[1]], finger === a[0] ? [to, b[1]] : [a[1], to]);
  }
}
