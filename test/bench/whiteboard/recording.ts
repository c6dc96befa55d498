import { BOARD_HEIGHT, BOARD_WIDTH, type Point, type StrokeStyle } from "@crosspod/protocol";
import recorded from "./recording.json" with { type: "json" };

/** How often the pens were asked where they are. */
export const SAMPLES_PER_SECOND = recorded.hz;

/** Where a pen was, in pixels of the recording's stage, with its pressure (0 to 63) where it has one. */
export type PenSample = Point;

/** One stroke of a pen; a sample is undefined where the pen rested and a browser has nothing to say. */
export interface RecordedStroke {
  /** The sample of the recording at which it begins. */
  readonly at: number;
  readonly samples: readonly (PenSample | undefined)[];
}

/** What one person drew: words, shapes, an axis, a marker. */
export interface Hand {
  readonly style: StrokeStyle;
  readonly strokes: readonly RecordedStroke[];
}

/** The people of the recording. */
export const hands: readonly Hand[] = recorded.people.map(({ color, width, pressure, strokes }) => ({
  style: { color, width, pressure },
  strokes: strokes.map(({ at, points }) => ({ at, samples: points.split(" ").map(toSample) })),
}));

/** The hand of one of many people: there are fewer hands than people. */
export function handOf(person: number): Hand {
  const hand = hands[person % hands.length];
  if (!hand) throw new Error("the recording has nobody");
  return hand;
}

/** Where a sample is on the board's grid. */
export const onBoard = ({ x, y, pressure }: PenSample): Point => ({
  x: Math.round((x / recorded.stage.width) * BOARD_WIDTH),
  y: Math.round((y / recorded.stage.height) * BOARD_HEIGHT),
  ...(pressure !== undefined && { pressure }),
});

/** Where a sample is as the original example says it: shares of the window. */
export const inWindow = ({ x, y }: PenSample): { readonly x: number; readonly y: number } => ({
  x: x / recorded.stage.width,
  y: y / recorded.stage.height,
});

function toSample(text: string, index: number, texts: readonly string[]): PenSample | undefined {
  const [x = 0, y = 0, pressure] = text.split(",").map(Number);
  if (text === texts[index - 1]) return undefined;
  return pressure === undefined ? { x, y } : { x, y, pressure };
}
