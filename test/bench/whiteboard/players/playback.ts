import { setTimeout as sleep } from "node:timers/promises";
import { handOf, hands, type PenSample, SAMPLES_PER_SECOND } from "../recording.ts";

/** How much later, in samples, and how far away, in pixels, people with the same hand draw. */
const LATER = 23;
const AWAY = 7;

const TIMER_MS = 3;

/** What a player does with a pen. */
export interface Player {
  begin(person: number, sample: PenSample): void;
  move(person: number, sample: PenSample): void;
  end(person: number): void;
}

interface Move {
  readonly at: number;
  readonly play: (player: Player) => void;
}

/** The recording, drawn by so many people, at the speed at which it was drawn. */
export class Playback {
  /** Pointer samples in all. */
  readonly samples: number;
  readonly strokes: number;
  readonly #moves: readonly Move[];

  constructor(people: number) {
    const moves: Move[] = [];
    let [samples, strokes] = [0, 0];
    for (let person = 0; person < people; person += 1) {
      const round = Math.floor(person / hands.length);
      for (const stroke of handOf(person).strokes) {
        strokes += 1;
        const start = stroke.at + round * LATER;
        for (const [index, recorded] of stroke.samples.entries()) {
          if (!recorded) continue;
          samples += 1;
          const sample = { ...recorded, x: recorded.x + round * AWAY, y: recorded.y + round * AWAY };
          const act = index === 0 ? "begin" : "move";
          moves.push({ at: start + index, play: (player) => player[act](person, sample) });
        }
        moves.push({ at: start + stroke.samples.length, play: (player) => player.end(person) });
      }
    }
    this.samples = samples;
    this.strokes = strokes;
    this.#moves = moves.toSorted((a, b) => a.at - b.at);
  }

  /**
   * Resolves when all is drawn, with how many times as long as in the recording that took. On a busy machine the pens
   * get slower: samples that caught up would share messages that they do not share.
   */
  async play(player: Player): Promise<number> {
    const startedAt = performance.now();
    let [playedAt, now] = [0, startedAt];
    for (const { at, play } of this.#moves) {
      if (at > playedAt) {
        const due = now + ((at - playedAt) / SAMPLES_PER_SECOND) * 1_000;
        await sleep(Math.max(0, due - performance.now()));
        // A timer is late by less than this all the time; only what is more makes the pens slower.
        now = Math.max(due, performance.now() - TIMER_MS);
        playedAt = at;
      }
      play(player);
    }
    return (performance.now() - startedAt) / ((playedAt / SAMPLES_PER_SECOND) * 1_000);
  }
}
