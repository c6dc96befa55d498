import { setTimeout as sleep } from "node:timers/promises";
import { SAMPLES_PER_SECOND } from "../recording.ts";
import type { Crowd, Drawer } from "./drawer.ts";

/** How many connect at a time. */
const JOIN_AT_A_TIME = 50;

/** How often it looks whose turn it is. */
const TICK_MS = 2;

const SETTLE_POLL_MS = 20;

/** A crowd that draws, everyone as often as a pen is sampled, their turns spread over the time between two samples. */
export class DrawingCrowd {
  readonly #crowd: Crowd;
  readonly #drawers: readonly Drawer[];
  #timer: NodeJS.Timeout | undefined;

  private constructor(crowd: Crowd, drawers: readonly Drawer[]) {
    this.#crowd = crowd;
    this.#drawers = drawers;
  }

  /** Resolves when all are there. */
  static async gather(crowd: Crowd, people: number): Promise<DrawingCrowd> {
    const drawers: Drawer[] = [];
    while (drawers.length < people) {
      const count = Math.min(JOIN_AT_A_TIME, people - drawers.length);
      drawers.push(...(await Promise.all(Array.from({ length: count }, () => crowd.join()))));
    }
    return new DrawingCrowd(crowd, drawers);
  }

  /** Samples that all of them have drawn. */
  get samples(): number {
    return this.#drawers.reduce((sum, { samples }) => sum + samples, 0);
  }

  /** See {@link Crowd.watch}. */
  watch(delivered: (sentAt: number, cameAt: number) => void): void {
    this.#crowd.watch(delivered);
  }

  start(): void {
    const startedAt = performance.now();
    const beforeStart = this.#drawers.map(({ samples }) => samples);
    // Two samples share a message, so turns are spread over the time of two.
    const delays = this.#drawers.map((_, index) => ((index / this.#drawers.length) * 2) / SAMPLES_PER_SECOND);
    this.#timer = setInterval(() => {
      const now = performance.now();
      const seconds = (now - startedAt) / 1_000;
      for (const [index, drawer] of this.#drawers.entries()) {
        const due = (seconds - (delays[index] ?? 0)) * SAMPLES_PER_SECOND + (beforeStart[index] ?? 0);
        while (drawer.samples < due) drawer.draw();
        drawer.send(now);
      }
    }, TICK_MS);
  }

  /** No more is drawn. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Resolves when all that was drawn is saved and seen by all, or too late, with how many people miss something. */
  async settle(deadlineMs: number): Promise<number> {
    const deadline = performance.now() + deadlineMs;
    let wrong = this.#wrong;
    while (wrong > 0 && performance.now() < deadline) {
      for (const drawer of this.#drawers) drawer.send(performance.now());
      await sleep(SETTLE_POLL_MS);
      wrong = this.#wrong;
    }
    return wrong;
  }

  leave(): void {
    this.stop();
    for (const drawer of this.#drawers) drawer.close();
  }

  get #wrong(): number {
    return this.#drawers.filter(
      (drawer) => !drawer.isRight || !drawer.isSaved || drawer.seen !== this.#crowd.mustHaveSeen(drawer, this.#drawers),
    ).length;
  }
}
