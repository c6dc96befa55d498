import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession } from "playwright-core";
import type { Place, WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";
import { BOARD_HEIGHT, BOARD_WIDTH, INK_KEYS, type PenLine } from "./sketch.ts";

/** Between two places of a line, in widths of the board. */
const STEP = 0.004;
/** So that a hand needs a second for the width of the board. */
const MS_PER_STEP = 4;
/** To lift the pen and put it down elsewhere. */
const LIFT_MS = 90;
/** How hard it is pressed, of 1. */
const PRESSURE = 0.6;

/** A stylus at a page: others see what it draws, and no cursor of it between its lines. */
export class Pen {
  /** Where its tip is in the window, in CSS pixels; undefined while it is away. */
  tip: Pixel | undefined;
  readonly #page: WhiteboardPage;
  readonly #devtools: CDPSession;
  #ink: PenLine["ink"] | undefined;

  private constructor(page: WhiteboardPage, devtools: CDPSession) {
    this.#page = page;
    this.#devtools = devtools;
  }

  static async on(page: WhiteboardPage): Promise<Pen> {
    return new Pen(page, await page.page.context().newCDPSession(page.page));
  }

  /** Makes its lines wider, by one step of the toolbar. */
  async widen(): Promise<void> {
    await this.#page.page.keyboard.press("]");
  }

  /** Holds it over the first place of a line. */
  async holdOver(line: PenLine): Promise<void> {
    const [route] = await this.#routesOf([line]);
    this.tip = route?.[0];
  }

  /** Takes it away. */
  leave(): void {
    this.tip = undefined;
  }

  /**
   * Draws at the speed of a hand: where the page or this machine is late, it catches up.
   * @param halfway is called in the middle of the last line.
   */
  async draw(lines: readonly PenLine[], halfway: () => void = () => {}): Promise<void> {
    const routes = await this.#routesOf(lines);
    let begin = performance.now();
    for (const [at, line] of lines.entries()) {
      const [first, ...rest] = routes[at] ?? [];
      const middle = Math.floor(rest.length / 2);
      begin += LIFT_MS;
      await sleep(Math.max(0, begin - performance.now()));
      await this.#press(line, first);
      begin = await this.#follow(rest.slice(0, middle), begin);
      if (line === lines.at(-1)) halfway();
      begin = await this.#follow(rest.slice(middle), begin);
      await this.#dispatch("mouseReleased", rest.slice(-1));
    }
  }

  /** Draws at once, as no hand can. */
  async drawAtOnce(lines: readonly PenLine[]): Promise<void> {
    const routes = await this.#routesOf(lines);
    for (const [at, line] of lines.entries()) {
      const [first, ...rest] = routes[at] ?? [];
      await this.#press(line, first);
      await this.#dispatch("mouseMoved", rest);
      await this.#dispatch("mouseReleased", rest.slice(-1));
    }
  }

  async #routesOf(lines: readonly PenLine[]): Promise<Route[]> {
    const board = { width: BOARD_WIDTH, height: BOARD_HEIGHT };
    const places = await this.#page.page.evaluate(placesOn, { lines, step: STEP, ...board });
    return Promise.all(places.map((each) => this.#page.pixels(each)));
  }

  async #press({ ink }: PenLine, first: Pixel | undefined): Promise<void> {
    if (ink !== this.#ink) await this.#page.page.keyboard.press(INK_KEYS[ink]);
    this.#ink = ink;
    await this.#dispatch("mousePressed", first ? [first] : []);
  }

  /** Follows a route as a hand that sets out at the time `begin`. Resolves with the time at which that hand arrives. */
  async #follow(route: Route, begin: number): Promise<number> {
    for (let done = 0; done < route.length; ) {
      await sleep(1);
      const steps = Math.ceil((performance.now() - begin) / MS_PER_STEP);
      const due = Math.min(route.length, Math.max(done, steps));
      await this.#dispatch("mouseMoved", route.slice(done, due));
      done = due;
    }
    return begin + route.length * MS_PER_STEP;
  }

  /** A page that is busy gets all pixels together, and none is left out. */
  async #dispatch(type: "mousePressed" | "mouseMoved" | "mouseReleased", route: Route): Promise<void> {
    this.tip = route.at(-1) ?? this.tip;
    const held = type === "mouseReleased" ? {} : ({ buttons: 1, force: PRESSURE } as const);
    const event = { type, button: "left", clickCount: 1, pointerType: "pen", ...held } as const;
    await Promise.all(route.map(({ x, y }) => this.#devtools.send("Input.dispatchMouseEvent", { ...event, x, y })));
  }
}

/** Of the window, in CSS pixels. */
export interface Pixel {
  readonly x: number;
  readonly y: number;
}

type Route = readonly Pixel[];

interface Sketch {
  readonly lines: readonly PenLine[];
  readonly step: number;
  readonly width: number;
  readonly height: number;
}

/** Runs in the page, so it can use nothing from outside. */
function placesOn({ lines, step, width, height }: Sketch): Place[][] {
  return lines.map(({ path, x, y, scale }) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", "path");
    element.setAttribute("d", path);
    const length = element.getTotalLength();
    const count = Math.max(2, Math.ceil((length * scale) / width / step));
    return Array.from({ length: count + 1 }, (_, index) => {
      const point = element.getPointAtLength((length * index) / count);
      return [(x + point.x * scale) / width, (y + point.y * scale) / height] as const;
    });
  });
}
