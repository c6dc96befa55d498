import type { FeedValue } from "@crosspod/client";
import { createElement } from "@crosspod/page";
import { showChangeTime } from "./change-time.ts";
import { levelOf } from "./level.ts";
import { Sparkline } from "./sparkline.ts";

const FLASH_MS = 900;

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

/** One row of the table: an id, its value and level, its recent history, and when it changed. */
export class FeedRow {
  readonly element = createElement("tr", "");
  readonly #value = createElement("bdi", "value");
  readonly #level = createElement("span", "level");
  readonly #sparkline = new Sparkline();
  readonly #time = createElement("time", "");
  #light: Animation | undefined;

  constructor(id: string) {
    const header = createElement("th", "id", createElement("bdi", "", id));
    header.scope = "row";
    this.element.dataset.id = id;
    this.element.dataset.level = "none";
    this.element.append(
      header,
      createElement("td", "reading", this.#value, " ", this.#level),
      createElement("td", "recent", this.#sparkline.element),
      createElement("td", "changed", this.#time),
    );
    const dash = createElement("span", "no-value", "–");
    dash.ariaHidden = "true";
    this.#value.append(dash, createElement("span", "visually-hidden", "no value yet"));
  }

  show({ value, at }: FeedValue, recent: readonly number[]): void {
    const level = levelOf(value);
    this.element.dataset.level = level;
    this.#value.textContent = value;
    this.#level.textContent = level === "none" ? "" : level;
    this.#sparkline.draw(recent);
    showChangeTime(this.#time, at);
  }

  /** Lights up for a moment, or again. The light fades; for those who want less motion it stays, and then is gone. */
  flash(): void {
    this.#light?.cancel();
    const easing = reducedMotion.matches ? "step-end" : "ease-out";
    this.#light = this.element.animate([{ backgroundColor: "var(--flash)", easing }, {}], FLASH_MS);
  }
}
