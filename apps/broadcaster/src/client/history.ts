import { numberOf } from "./level.ts";

/** How many numbers are kept: about what a line as wide as a thumb can show. */
export const HISTORY_LENGTH = 20;

/**
 * The last numbers that one id had, the newest at the end, after another value. Only a finite number leaves a trace.
 */
export function withValue(value: string, numbers: readonly number[] = []): readonly number[] {
  const number = numberOf(value);
  return Number.isFinite(number) ? [...numbers, number].slice(-HISTORY_LENGTH) : numbers;
}
