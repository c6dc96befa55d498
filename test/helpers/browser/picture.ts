import type { Browser, Page } from "playwright-core";

/** How two pictures of the board differ, when both are brought to one size. */
export interface Difference {
  /** The share of the pixels that differ by more than a hair. */
  readonly share: number;
  /** The share of the pixels of the first that are not paper. */
  readonly ink: number;
}

const MIME = { png: "image/png", svg: "image/svg+xml" } as const;

/** A picture and how it is encoded. */
export interface Picture {
  readonly data: Buffer;
  readonly type: keyof typeof MIME;
}

/** Width and height at which pictures are compared. */
const SIZE = [480, 270] as const;

/** Of 255: a colour that differs by no more looks the same. */
const HAIR = 48;

/** Compares what two pictures show, pixel by pixel. */
export async function comparePictures(browser: Browser, a: Picture, b: Picture): Promise<Difference> {
  const [one, other] = [await pixelsOf(browser, a), await pixelsOf(browser, b)];
  const pixels = Array.from({ length: SIZE[0] * SIZE[1] }, (_, at) => at);
  const differs = (at: number): boolean =>
    [0, 1, 2].some((band) => Math.abs((one[at * 4 + band] ?? 0) - (other[at * 4 + band] ?? 0)) > HAIR);
  return {
    share: pixels.filter(differs).length / pixels.length,
    ink: pixels.filter((at) => isInk(one, at)).length / pixels.length,
  };
}

/** The width and height of a picture as it is. */
export async function pictureSize(browser: Browser, picture: Picture): Promise<[number, number]> {
  const page = await decoder(browser);
  return await page.evaluate(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight] as [number, number];
  }, dataUrl(picture));
}

/** How much of what is drawn on each of two pictures has nothing like it near the same place of the other. */
export interface Stray {
  /** The share of the pixels of the first that are not paper. */
  readonly ink: number;
  /** The share of the inked pixels of either that have no ink within `reach` in the other. */
  readonly share: number;
}

/**
 * Compares what was drawn, whatever the pen: two lines are alike if they are within `reach` pixels of 480 everywhere.
 */
export async function strayInk(browser: Browser, a: Picture, b: Picture, reach = 3): Promise<Stray> {
  const [one, other] = [await pixelsOf(browser, a), await pixelsOf(browser, b)];
  const inks = [one, other].map((pixels) => Array.from({ length: SIZE[0] * SIZE[1] }, (_, at) => isInk(pixels, at)));
  const [ink = [], otherInk = []] = inks;
  const strays = countStray(ink, otherInk, reach) + countStray(otherInk, ink, reach);
  const inked = ink.filter(Boolean).length;
  return { ink: inked / ink.length, share: strays / Math.max(1, inked + otherInk.filter(Boolean).length) };
}

function countStray(ink: readonly boolean[], other: readonly boolean[], reach: number): number {
  const [width] = SIZE;
  const steps = Array.from({ length: 2 * reach + 1 }, (_, index) => index - reach);
  const near = steps.flatMap((y) => steps.map((x) => y * width + x));
  return ink.filter((isInked, at) => isInked && !near.some((offset) => other[at + offset])).length;
}

const isInk = (pixels: Uint8Array, at: number): boolean => Math.min(...pixels.subarray(at * 4, at * 4 + 3)) < 208;
/** Red, green, blue and opacity of each pixel of a picture at the size at which pictures are compared. */
async function pixelsOf(browser: Browser, picture: Picture): Promise<Uint8Array> {
  const page = await decoder(browser);
  const text = await page.evaluate(readPixels, { url: dataUrl(picture), width: SIZE[0], height: SIZE[1] });
  return Buffer.from(text, "base64");
}

const dataUrl = ({ data, type }: Picture): string => `data:${MIME[type]};base64,${data.toString("base64")}`;

const decoders = new WeakMap<Browser, Page>();

/** A page that decodes pictures: one for each browser, for as long as nobody closes it. */
async function decoder(browser: Browser): Promise<Page> {
  const open = decoders.get(browser);
  if (open && !open.isClosed()) return open;
  const page = await browser.newPage();
  decoders.set(browser, page);
  return page;
}

/** Runs in the page, so it can use nothing from outside. */
async function readPixels(input: { url: string; width: number; height: number }): Promise<string> {
  const image = new Image();
  image.src = input.url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = input.width;
  canvas.height = input.height;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no canvas");
  context.imageSmoothingQuality = "high";
  // What is not opaque is seen.
  context.fillStyle = "#ff00ff";
  context.fillRect(0, 0, input.width, input.height);
  context.drawImage(image, 0, 0, input.width, input.height);
  const { data } = context.getImageData(0, 0, input.width, input.height);
  let binary = "";
  for (let start = 0; start < data.length; start += 8_192)
    binary += String.fromCharCode(...data.subarray(start, start + 8_192));
  return btoa(binary);
}
