import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession } from "playwright-core";
import type { WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";
import type { Pen, Pixel } from "./pen.ts";

/** From one shot to the next, unless this machine is slower. */
const SHOT_MS = 66;

/** What one page showed at a moment. */
export interface View {
  /** A PNG, in base64. */
  readonly picture: string;
  /** The pod that the page names. */
  readonly pod: string;
  /** What the page says of its connection. */
  readonly connection: string;
}

/** What all pages showed at a moment, and where the pen was. */
export interface Shot {
  /** When all of it was seen, in milliseconds of `performance.now()`. */
  readonly at: number;
  readonly views: readonly View[];
  readonly pen: Pixel | undefined;
}

/** Takes shots of some pages, as many as this machine can, until it is stopped or disposed of. */
export class Film implements AsyncDisposable {
  readonly #shots: Shot[] = [];
  readonly #pen: Pen;
  #isStopped = false;
  #done: Promise<void> = Promise.resolve();

  private constructor(pen: Pen) {
    this.#pen = pen;
  }

  static async start(pages: readonly WhiteboardPage[], pen: Pen): Promise<Film> {
    const film = new Film(pen);
    const cameras = await Promise.all(pages.map(Camera.of));
    film.#done = film.#run(cameras);
    return film;
  }

  /** Resolves after one more shot. */
  async stop(): Promise<readonly Shot[]> {
    this.#isStopped = true;
    await this.#done;
    return this.#shots;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #run(cameras: readonly Camera[]): Promise<void> {
    for (let isLast = false; !isLast; ) {
      isLast = this.#isStopped;
      const begun = performance.now();
      const views = await Promise.all(cameras.map((camera) => camera.view()));
      this.#shots.push({ at: performance.now(), views, pen: this.#pen.tip });
      await sleep(Math.max(0, begun + SHOT_MS - performance.now()));
    }
  }
}

/** Looks at a page, faster than a screenshot that waits until nothing moves. */
class Camera {
  readonly #page: WhiteboardPage;
  readonly #devtools: CDPSession;

  private constructor(page: WhiteboardPage, devtools: CDPSession) {
    this.#page = page;
    this.#devtools = devtools;
  }

  static async of(page: WhiteboardPage): Promise<Camera> {
    return new Camera(page, await page.page.context().newCDPSession(page.page));
  }

  async view(): Promise<View> {
    const [pod, connection] = await this.#page.page.evaluate(readStatus);
    const { data } = await this.#devtools.send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true });
    return { picture: data, pod, connection };
  }
}

/** Runs in the page, so it can use nothing from outside. */
const readStatus = (): [pod: string, connection: string] => [
  document.getElementById("pod")?.textContent ?? "",
  document.getElementById("connection")?.textContent ?? "",
];
