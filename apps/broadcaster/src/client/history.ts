import { numberOf } from "./level.ts";

/** How many numbers are kept: about what a line as wide as a thumb can show. */
export const HISTORY_LENGTH = 20;

/** The last numbers that one id had, the newest at the end. What is not a finite number leaves no trace. */
export class History {
  readonly #numbers: number[] = [];

  get numbers(): readonly number[] {
    return this.#numbers;
  }

  add(value: string): void {
    const number = numberOf(value);
    if (number === undefined || !Number.isFinite(number)) return;
    this.#numbers.push(number);
    if (this.#numbers.length > HISTORY_LENGTH) this.#numbers.shift();
  }
}
