import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import { fillBoard } from "../helpers/board/full-board.ts";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { launchBrowser } from "../helpers/browser/browser.ts";
import { openBoardPage, type Place, type WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";

const WINDOW = { width: 1_440, height: 900 };

/** What a person does while the frames are counted, for so many seconds. */
type Activity = (page: WhiteboardPage, other: WhiteboardPage, seconds: number) => Promise<void>;

const ACTIVITIES: Readonly<Record<string, Activity>> = {
  nothing: (page, _other, seconds) => page.page.waitForTimeout(seconds * 1_000),
  drawing: (page, _other, seconds) => scribble(page, seconds),
  "drawing, and another person too": async (page, other, seconds) => {
    await Promise.all([scribble(page, seconds), scribble(other, seconds)]);
  },
  "undo and redo of long strokes": async (page, _other, seconds) => {
    await repeat(seconds, async (turn) => {
      await page.page.keyboard.press(turn % 2 === 0 ? "Control+z" : "Control+y");
    });
  },
  "zooming and moving": async (page, _other, seconds) => {
    await page.page.mouse.move(700, 400);
    await repeat(seconds, (turn) => page.page.mouse.wheel(turn % 7, turn % 40 < 20 ? 12 : -12));
    await page.page.keyboard.press("f");
  },
};

/** Prints how long the frames of a page take, on an empty board and on a full one, in the same run. */
export async function measureFrames(pageDirectory: string, args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { items: { type: "string", default: "5000" }, seconds: { type: "string", default: "6" } },
  });
  const browser = await launchBrowser();
  try {
    console.log(["items", "activity", "frames", "p50 ms", "p95 ms", "max ms", "over 50 ms"].join("\t"));
    for (const items of [0, Number(values.items)])
      await measureBoard(browser, pageDirectory, items, Number(values.seconds));
  } finally {
    await browser.close();
  }
}

async function measureBoard(browser: Browser, pageDirectory: string, items: number, seconds: number): Promise<void> {
  await using service = await startWhiteboard({}, { pageDirectory });
  await fillBoard(service.store, "default", items, 40);
  const options = { viewport: WINDOW, reducedMotion: "no-preference" as const };
  const page = await openBoardPage(browser, service.url, options);
  const other = await openBoardPage(browser, service.url, { viewport: { width: 500, height: 400 } });
  await page.page.waitForTimeout(3_000);
  for (const [name, activity] of Object.entries(ACTIVITIES)) {
    await startCounting(page);
    await activity(page, other, seconds);
    const frames = await stopCounting(page);
    console.log([items, name, frames.length, ...summary(frames)].join("\t"));
  }
  await Promise.all(browser.contexts().map((context) => context.close()));
}

/** One stroke after the other, all over the board, as fast as the browser takes the moves. */
async function scribble(page: WhiteboardPage, seconds: number): Promise<void> {
  const place = (turn: number): Place => [0.5 + 0.42 * Math.sin(turn / 31), 0.5 + 0.4 * Math.sin(turn / 23)];
  await page.press([place(0)]);
  await repeat(seconds, async (turn) => {
    await page.moveAlong([place(turn)]);
    if (turn % 120 !== 119) return;
    await page.page.mouse.up();
    await page.page.mouse.down();
  });
  await page.page.mouse.up();
}

async function repeat(seconds: number, run: (turn: number) => Promise<void>): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  for (let turn = 0; performance.now() < end; turn += 1) await run(turn);
}

const startCounting = ({ page }: WhiteboardPage): Promise<void> =>
  page.evaluate(() => {
    const counting = { frames: [] as number[], isOn: true };
    let before = performance.now();
    const count = (now: number): void => {
      counting.frames.push(now - before);
      before = now;
      if (counting.isOn) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
    Object.assign(window, { counting });
  });

const stopCounting = ({ page }: WhiteboardPage): Promise<number[]> =>
  page.evaluate(() => {
    const { counting } = window as unknown as { counting: { frames: number[]; isOn: boolean } };
    counting.isOn = false;
    return counting.frames.slice(1);
  });

function summary(frames: readonly number[]): string[] {
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  return [at(0.5), at(0.95), at(1), `${sorted.filter((frame) => frame > 50).length}`];
}
