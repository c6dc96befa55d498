import type { Viewport } from "../render/viewport.ts";
import type { Gesture, Sample, Tool } from "../tools/tool.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { placeOn } from "./stage-place.ts";
import { TouchInput } from "./touch-input.ts";

const MIDDLE_BUTTON = 1;

/** Brings mouse and stylus to the tools; fingers have rules of their own, see {@link TouchInput}. */
export class PointerInput {
  readonly #stage: HTMLElement;
  readonly #toolbox: Toolbox;
  readonly #touch: TouchInput;
  #gesture: Gesture | undefined;
  #pointerId: number | undefined;
  #movesBoard = false;

  constructor(stage: HTMLElement, toolbox: Toolbox, viewport: Viewport) {
    this.#stage = stage;
    this.#toolbox = toolbox;
    this.#touch = new TouchInput(toolbox, viewport);
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("pointercancel", (event) => this.#up(event));
    stage.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** While the space bar is held every tool is the hand. */
  set movesBoard(movesBoard: boolean) {
    this.#movesBoard = movesBoard;
    this.#stage.classList.toggle("moves-board", movesBoard);
  }

  #down(event: PointerEvent): void {
    if (event.pointerType === "touch") {
      // A hand that rests on the screen while a stylus draws is no finger.
      if (!this.#gesture) this.#touch.down(event.pointerId, sampleOf(event, this.#stage));
      return;
    }
    const tool = this.#toolFor(event);
    if (!tool || this.#gesture) return;
    this.#stage.setPointerCapture(event.pointerId);
    this.#stage.classList.toggle("is-moving-board", tool === this.#toolbox.hand);
    this.#pointerId = event.pointerId;
    this.#gesture = tool.begin(sampleOf(event, this.#stage));
  }

  #move(event: PointerEvent): void {
    if (event.pointerType === "touch") this.#touch.move(event.pointerId, samplesOf(event, this.#stage));
    else if (event.pointerId === this.#pointerId) this.#gesture?.move(samplesOf(event, this.#stage));
  }

  #up(event: PointerEvent): void {
    if (event.pointerType === "touch") return this.#touch.up(event.pointerId);
    if (event.pointerId !== this.#pointerId) return;
    this.#stage.classList.remove("is-moving-board");
    this.#gesture?.end();
    this.#gesture = undefined;
    this.#pointerId = undefined;
  }

  #toolFor({ button }: PointerEvent): Tool | undefined {
    if (button === MIDDLE_BUTTON || (button === 0 && this.#movesBoard)) return this.#toolbox.hand;
    return button === 0 ? this.#toolbox.inHand : undefined;
  }
}

/** Browsers join the places of one frame into one event, and keep them. */
function samplesOf(event: PointerEvent, stage: HTMLElement): Sample[] {
  const events = event.getCoalescedEvents?.() ?? [];
  return (events.length > 0 ? events : [event]).map((each) => sampleOf(each, stage));
}

const sampleOf = (event: PointerEvent, stage: HTMLElement): Sample => ({
  ...placeOn(stage, event),
  pressure: event.pointerType === "pen" ? event.pressure : undefined,
});
