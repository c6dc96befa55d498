import { crc32, deflateSync } from "node:zlib";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A frame of an animation. */
export interface Frame {
  /** Row by row, the bytes of each in memory: red, green, blue, and 255 for opaque. */
  readonly pixels: Uint32Array;
  readonly delayMs: number;
}

interface Area extends Size {
  readonly left: number;
  readonly top: number;
}

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const BIT_DEPTH = 8;
const TRUECOLOR_WITH_ALPHA = 6;
const FOREVER = 0;
/** A frame leaves on the canvas what it drew, and what was there before shows through where it is transparent. */
const DISPOSE_NONE = 0;
const BLEND_OVER = 1;
const TRANSPARENT = 0;

/** An animated PNG of opaque frames that plays forever. Each frame after the first holds only what has changed. */
export function encodeApng(size: Size, frames: readonly Frame[]): Buffer {
  const parts: Buffer[] = [];
  let sequence = 0;
  let before: Uint32Array | undefined;
  for (const { pixels, delayMs } of withoutRepeats(frames)) {
    const area = before ? changedArea(before, pixels, size.width) : { ...size, left: 0, top: 0 };
    const data = deflateSync(rowsOf(changedPixels(area, before, pixels, size.width), area), { level: 9 });
    parts.push(chunk("fcTL", frameControl(sequence++, area, delayMs)));
    parts.push(before ? chunk("fdAT", Buffer.concat([uint32(sequence++), data])) : chunk("IDAT", data));
    before = pixels;
  }
  const header = [uint32(size.width), uint32(size.height), Buffer.from([BIT_DEPTH, TRUECOLOR_WITH_ALPHA, 0, 0, 0])];
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", Buffer.concat(header)),
    chunk("acTL", Buffer.concat([uint32(parts.length / 2), uint32(FOREVER)])),
    ...parts,
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A frame that shows nothing new only makes the one before it longer. */
function withoutRepeats(frames: readonly Frame[]): Frame[] {
  const kept: Frame[] = [];
  for (const frame of frames) {
    const last = kept.at(-1);
    if (!last || last.pixels.some((pixel, at) => pixel !== frame.pixels[at])) kept.push(frame);
    else kept[kept.length - 1] = { ...last, delayMs: last.delayMs + frame.delayMs };
  }
  return kept;
}

/** The smallest area with all pixels that differ, of which there is at least one. */
function changedArea(before: Uint32Array, after: Uint32Array, width: number): Area {
  let [left, right, top, bottom] = [width, 0, after.length, 0];
  for (let at = 0; at < after.length; at += 1) {
    if (before[at] === after[at]) continue;
    const y = Math.floor(at / width);
    const x = at - y * width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = y;
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The pixels of an area; those that are as before are transparent, which takes next to no room. */
function changedPixels(area: Area, before: Uint32Array | undefined, after: Uint32Array, width: number): Uint32Array {
  return Uint32Array.from({ length: area.width * area.height }, (_, index) => {
    const at = (area.top + Math.floor(index / area.width)) * width + area.left + (index % area.width);
    const pixel = after[at] ?? TRANSPARENT;
    return before?.[at] === pixel ? TRANSPARENT : pixel;
  });
}

/** Each row begins with the number of its filter: none. */
function rowsOf(pixels: Uint32Array, { width, height }: Size): Buffer {
  const bytes = new Uint8Array(pixels.buffer);
  const rows = Buffer.alloc(height * (1 + 4 * width));
  for (let y = 0; y < height; y += 1) {
    rows.set(bytes.subarray(y * 4 * width, (y + 1) * 4 * width), y * (1 + 4 * width) + 1);
  }
  return rows;
}

function frameControl(sequence: number, { width, height, left, top }: Area, delayMs: number): Buffer {
  const delay = Buffer.alloc(4);
  delay.writeUInt16BE(Math.round(delayMs), 0);
  delay.writeUInt16BE(1_000, 2);
  return Buffer.concat([
    ...[sequence, width, height, left, top].map(uint32),
    delay,
    Buffer.from([DISPOSE_NONE, BLEND_OVER]),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
