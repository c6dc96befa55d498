import type { Browser } from "playwright-core";
import { expect, test } from "vitest";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { openBoardPage } from "../helpers/browser/whiteboard-page.ts";
import { encodeApng } from "../pictures/apng.ts";

const SIZE = { width: 4, height: 3 } as const;

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

/** A frame of these colours, `rrggbb`, row by row. */
function frame(delayMs: number, colors: readonly string[]): { pixels: Uint32Array; delayMs: number } {
  const bytes = Uint8Array.from(Buffer.from(colors.map((color) => `${color}ff`).join(""), "hex"));
  return { pixels: new Uint32Array(bytes.buffer), delayMs };
}

const RED = Array.from({ length: SIZE.width * SIZE.height }, () => "cc0000");

test("a browser shows the frames of an animated PNG as they were given", async () => {
  const spotted = RED.with(1, "00aa00").with(6, "0000ff");
  const framed = RED.with(0, "000000").with(11, "ffffff");
  const file = encodeApng(SIZE, [frame(100, RED), frame(20, spotted), frame(40, spotted), frame(1_500, framed)]);

  // A browser decodes only for a page that it trusts, which one of this machine is.
  await using service = await startWhiteboard();
  const { page } = await openBoardPage(browser, service.url);
  const shown = await page.evaluate(decode, file.toString("base64"));

  const expected = [RED, spotted, framed].map((colors) => colors.join(" "));
  expect(shown.frames.map(({ colors }) => colors)).toEqual(expected);
  expect(shown.frames.map(({ milliseconds }) => milliseconds)).toEqual([100, 60, 1_500]);
  expect(shown.isForever).toBe(true);
});

/** Runs in the page, so it can use nothing from outside. */
async function decode(base64: string) {
  const data = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const decoder = new ImageDecoder({ data, type: "image/png" });
  await Promise.all([decoder.tracks.ready, decoder.completed]);
  const track = decoder.tracks.selectedTrack;
  const frames: { colors: string; milliseconds: number }[] = [];
  for (let frameIndex = 0; frameIndex < (track?.frameCount ?? 0); frameIndex += 1) {
    const { image } = await decoder.decode({ frameIndex });
    const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser has no canvas");
    context.drawImage(image, 0, 0);
    const bytes = [...context.getImageData(0, 0, canvas.width, canvas.height).data];
    const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const colors = (hex.match(/.{8}/g) ?? []).map((color) => color.slice(0, 6)).join(" ");
    frames.push({ colors, milliseconds: (image.duration ?? 0) / 1_000 });
    image.close();
  }
  return { frames, isForever: track?.repetitionCount === Number.POSITIVE_INFINITY };
}
