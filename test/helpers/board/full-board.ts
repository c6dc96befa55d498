import { BOARD_HEIGHT, BOARD_WIDTH, encodePoints, itemId, type Operation, type Point } from "@crosspod/protocol";
import type { BoardStore } from "../../../apps/whiteboard/src/server/store/board-store.ts";
import { submission } from "./submission.ts";

const CLIENT = "filler__";
const COLORS = ["000000", "ff0000", "008000", "0000ff", "ffff00"];
const BATCH = 500;

/** Puts `items` strokes of `points` points on a board, spread over all of it; the same ones each time. */
export async function fillBoard(store: BoardStore, board: string, items: number, points = 12): Promise<void> {
  for (let start = 0; start < items; start += BATCH) {
    const count = Math.min(BATCH, items - start);
    const operations = Array.from({ length: count }, (_, index) => scribble(start + index, points));
    const { outcomes } = await store.append(board, [submission(CLIENT, start + 1, ...operations)]);
    const error = outcomes[0]?.error;
    if (error) throw new Error(error.detail);
  }
}

function scribble(index: number, count: number): Operation {
  // Places far from each other for neighbouring numbers, by the golden ratio.
  const share = (index * 0.618_033_988_75) % 1;
  const left = share * (BOARD_WIDTH - 1_500);
  const top = ((index * 0.754_877_666_25) % 1) * (BOARD_HEIGHT - 900);
  const points: Point[] = Array.from({ length: count }, (_, step) => ({
    x: Math.round(left + (1_400 * step) / count),
    y: Math.round(top + 400 + 380 * Math.sin(step * 0.6 + index)),
  }));
  return {
    type: "put",
    id: itemId(CLIENT, index + 1),
    color: COLORS[index % COLORS.length] ?? "000000",
    width: 20 + (index % 4) * 20,
    pressure: false,
    points: encodePoints(points, { pressure: false }),
  };
}
