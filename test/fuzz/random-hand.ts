import type { BoardClient, Clock } from "@crosspod/client";
import { decodePoints, encodePoints, type Item, type ItemId, type Point, type StrokeStyle } from "@crosspod/protocol";
import { expect } from "vitest";
import type { Random } from "./random.ts";

/** What a hand draws on. */
export interface Sheet {
  readonly client: BoardClient;
  /** False once it is gone without a word. */
  readonly isAlive: boolean;
}

/** A stroke as somebody meant it. */
export interface IntendedStroke {
  readonly id: ItemId;
  readonly sheet: Sheet;
  readonly style: StrokeStyle;
  readonly points: Point[];
}

/** Draws, erases, undoes and redoes at random, and remembers what was meant. */
export class RandomHand {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #color: () => string;
  readonly #strokes: IntendedStroke[] = [];
  #underWay = 0;

  /** @param color of the next stroke. */
  constructor(random: Random, clock: Clock, color: () => string) {
    this.#random = random;
    this.#clock = clock;
    this.#color = color;
  }

  /** Every stroke that was begun, those that were taken away too. */
  get strokes(): readonly IntendedStroke[] {
    return this.#strokes;
  }

  /** Whether every stroke has come to its end. */
  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  /** One thing that a person does. */
  act(sheet: Sheet): void {
    const { client } = sheet;
    const what = this.#random.next();
    if (what < 0.55) return this.draw(sheet);
    if (what < 0.7) return this.#erase(client);
    if (what < 0.73) return client.clear();
    if (what < 0.88) return client.history.undo();
    return client.history.redo();
  }

  /** A stroke of which more and more is drawn while time passes. */
  draw(sheet: Sheet): void {
    const pressure = this.#random.chance(0.5);
    const style = { color: this.#color(), width: this.#random.whole(1, 40), pressure };
    const first = this.#point(pressure);
    const stroke = sheet.client.beginStroke(style, first);
    const intended = { id: stroke.id, sheet, style, points: [first] };
    this.#strokes.push(intended);
    this.#underWay += 1;
    this.#extend(stroke, intended, this.#random.whole(0, 8));
  }

  #extend(stroke: ReturnType<BoardClient["beginStroke"]>, intended: IntendedStroke, times: number): void {
    const { sheet, style, points } = intended;
    const isGone = !sheet.isAlive || sheet.client.state === "closed";
    if (isGone || times === 0) {
      this.#underWay -= 1;
      if (!isGone) stroke.end();
      return;
    }
    const more = Array.from({ length: this.#random.whole(1, 4) }, () => this.#point(style.pressure));
    stroke.extend(more);
    points.push(...more);
    this.#clock.after(this.#random.whole(1, 60), () => this.#extend(stroke, intended, times - 1));
  }

  #point(pressure: boolean): Point {
    const point = { x: this.#random.whole(0, 16_000), y: this.#random.whole(0, 9_000) };
    return pressure ? { ...point, pressure: this.#random.whole(0, 63) } : point;
  }

  #erase(client: BoardClient): void {
    const items = [...client.view.items()];
    const eraser = client.beginErase();
    for (let time = this.#random.whole(1, 3); time > 0; time--) {
      const item = this.#random.pick(items);
      if (item) eraser.erase([item.id]);
    }
    eraser.end();
  }
}

/** Expects an item to have the points that were meant, once: all, or the first of them where it cannot be `whole`. */
export function expectPoints(item: Item, { points }: IntendedStroke, whole: boolean, message: string): void {
  const intended = encodePoints(points, item);
  if (whole) return expect(item.points, message).toBe(intended);
  const drawn = decodePoints(item.points, item);
  expect(drawn, message).toEqual(decodePoints(intended, item)?.slice(0, drawn?.length));
}
