/** The size of every board, in steps of its grid: one shared coordinate space, whatever the size of a window [W3]. */
export const BOARD_WIDTH = 16_000;
export const BOARD_HEIGHT = 9_000;

/** The pressure of a pen goes from 0 to this. */
export const MAX_PRESSURE = 63;

/** A point of a stroke on the board's grid: whole numbers. `pressure` is there in strokes that have one. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly pressure?: number;
}

/** How the points of one stroke are written. */
export interface PointFormat {
  readonly pressure: boolean;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const DIGIT_BITS = 5;
const DIGIT_MASK = 31;
const MORE_DIGITS = 32;
/** A number of more digits than this is none of ours. */
const MAX_DIGITS = 4;
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

/**
 * Writes points as text, each as its differences from the one before [W4]. The first one differs from `before`, the
 * origin at the start of a stroke: the texts of two runs, one after the other, are the text of both.
 */
export function encodePoints(points: Iterable<Point>, format: PointFormat, before: Point = ORIGIN): string {
  let text = "";
  let last = before;
  for (const point of points) {
    text += encodeNumber(point.x - last.x) + encodeNumber(point.y - last.y);
    if (format.pressure) text += encodeNumber((point.pressure ?? 0) - (last.pressure ?? 0));
    last = point;
  }
  return text;
}

export const ORIGIN: Point = { x: 0, y: 0, pressure: 0 };

/** Reads what {@link encodePoints} wrote, else undefined. A point that is off the board is brought to its edge. */
export const decodePoints = (text: string, format: PointFormat, before?: Point): Point[] | undefined =>
  decodeUnbounded(text, format, before)?.map(onGrid);

/**
 * Where a text ends, not brought to the board's edge: the next run of points counts from there. Undefined when the text
 * is not made of whole points.
 */
export function endOfPoints(text: string, format: PointFormat, before: Point = ORIGIN): Point | undefined {
  const points = decodeUnbounded(text, format, before);
  return points && (points.at(-1) ?? before);
}

/** Counts the points of a text without making them; undefined when the text is not made of whole points. */
export function countPoints(text: string, format: PointFormat): number | undefined {
  const numbers = decodeNumbers(text, format);
  return numbers && numbers.length / numbersOfPoint(format);
}

/** The nearest point of the board's grid. */
export function onGrid({ x, y, pressure }: Point): Point {
  const place = { x: whole(x, BOARD_WIDTH), y: whole(y, BOARD_HEIGHT) };
  return pressure === undefined ? place : { x: place.x, y: place.y, pressure: whole(pressure, MAX_PRESSURE) };
}

const whole = (value: number, max: number): number => Math.min(max, Math.max(0, Math.round(value)));

const numbersOfPoint = ({ pressure }: PointFormat): number => (pressure ? 3 : 2);

function decodeUnbounded(text: string, format: PointFormat, before: Point = ORIGIN): Point[] | undefined {
  const numbers = decodeNumbers(text, format);
  if (!numbers) return undefined;
  const points: Point[] = [];
  let { x, y, pressure = 0 } = before;
  for (let index = 0; index < numbers.length; index += numbersOfPoint(format)) {
    x += numbers[index] ?? 0;
    y += numbers[index + 1] ?? 0;
    if (format.pressure) pressure += numbers[index + 2] ?? 0;
    points.push(format.pressure ? { x, y, pressure } : { x, y });
  }
  return points;
}

function encodeNumber(number: number): string {
  let rest = number < 0 ? -number * 2 + 1 : number * 2;
  let text = "";
  do {
    const digit = rest & DIGIT_MASK;
    rest >>= DIGIT_BITS;
    text += ALPHABET.charAt(rest > 0 ? digit | MORE_DIGITS : digit);
  } while (rest > 0);
  return text;
}

/** Undefined when the text is not made of whole points. */
function decodeNumbers(text: string, format: PointFormat): number[] | undefined {
  const numbers: number[] = [];
  let rest = 0;
  let digits = 0;
  for (const character of text) {
    const value = VALUES.get(character);
    if (value === undefined || digits === MAX_DIGITS) return undefined;
    rest |= (value & DIGIT_MASK) << (DIGIT_BITS * digits);
    digits += 1;
    if (value & MORE_DIGITS) continue;
    numbers.push(rest & 1 ? -(rest >> 1) : rest >> 1);
    rest = 0;
    digits = 0;
  }
  return digits === 0 && numbers.length % numbersOfPoint(format) === 0 ? numbers : undefined;
}
