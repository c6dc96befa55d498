import type { FeedValue } from "@crosspod/client";
import { createElement } from "@crosspod/page";
import { showChangeTime } from "./change-time.ts";
import { Flash } from "./flash.ts";
import { levelOf } from "./level.ts";
import { Sparkline } from "./sparkline.ts";

/** One row of the table: an id, its value and level, its recent history, and when it changed. */
export class FeedRow {
  readonly element = createElement("tr", "");
  readonly #value = createElement("bdi", "value");
  readonly #level = createElement("span", "level");
  readonly #sparkline = new Sparkline();
  readonly #time = createElement("time", "");
  readonly #flash = new Flash(this.element);

  constructor(id: string) {
    const header = createElement("th", "id");
    header.scope = "row";
    header.append(createElement("bdi", "", id));
    const reading = createElement("td", "reading");
    reading.append(this.#value, " ", this.#level);
    const recent = createElement("td", "recent");
    recent.append(this.#sparkline.element);
    const changed = createElement("td", "changed");
    changed.append(this.#time);
    this.element.dataset.id = id;
    this.element.dataset.level = "none";
    this.element.append(header, reading, recent, changed);
    this.#showNoValue();
  }

  show({ value, at }: FeedValue, recent: readonly number[]): void {
    const level = levelOf(value);
    this.element.dataset.level = level;
    this.#value.textContent = value;
    this.#level.textContent = level === "none" ? "" : level;
    this.#sparkline.draw(recent);
    showChangeTime(this.#time, at);
  }

  flash(): void {
    this.#flash.start();
  }

  #showNoValue(): void {
    const dash = createElement("span", "no-value", "–");
    dash.ariaHidden = "true";
    this.#value.append(dash, createElement("span", "visually-hidden", "no value yet"));
  }
}
