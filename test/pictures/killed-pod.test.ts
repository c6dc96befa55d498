import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";

/** What GitHub shows without a thought, also to who has a slow connection. */
const MAX_BYTES = 1_500_000;
const HEAD_BYTES = 8;

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  readonly hasRightSum: boolean;
}

function chunksOf(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = HEAD_BYTES; at < file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    const hasRightSum = crc32(file.subarray(at + 4, end)) === file.readUInt32BE(end);
    chunks.push({ type: file.toString("latin1", at + 4, at + 8), data: file.subarray(at + 8, end), hasRightSum });
    at = end + 4;
  }
  return chunks;
}

const file = readFileSync(`${root}/docs/killed-pod.png`);
const chunks = chunksOf(file);
const ofType = (type: string): Buffer[] => chunks.filter((chunk) => chunk.type === type).map(({ data }) => data);

test("docs/killed-pod.png is a PNG whose chunks are whole, and is small enough for a README", () => {
  expect(file.toString("latin1", 0, HEAD_BYTES)).toBe("\x89PNG\r\n\x1a\n");
  expect(chunks.every(({ hasRightSum }) => hasRightSum)).toBe(true);
  expect(chunks.at(0)?.type).toBe("IHDR");
  expect(chunks.at(-1)?.type).toBe("IEND");
  expect(file.length).toBeLessThan(MAX_BYTES);
});

test("it has as many frames as it says, in their order, and plays forever", () => {
  const [animation] = ofType("acTL");
  const frames = ofType("fcTL");
  expect(frames.length).toBeGreaterThan(40);
  expect(ofType("IDAT")).toHaveLength(1);
  expect(ofType("fdAT")).toHaveLength(frames.length - 1);
  expect([animation?.readUInt32BE(0), animation?.readUInt32BE(4)]).toEqual([frames.length, 0]);
  const numbered = chunks.filter(({ type }) => type === "fcTL" || type === "fdAT");
  expect(numbered.map(({ data }) => data.readUInt32BE(0))).toEqual(numbered.map((_, at) => at));
});

test("its first frame is a whole picture, so that it is one where nothing moves", () => {
  const [header] = ofType("IHDR");
  const [first] = ofType("fcTL");
  expect(first?.subarray(4, 12)).toEqual(header?.subarray(0, 8));
  expect(chunks.findIndex(({ type }) => type === "fcTL")).toBeLessThan(chunks.findIndex(({ type }) => type === "IDAT"));
});

test("it takes a reader 6 to 10 seconds", () => {
  const seconds = ofType("fcTL").map((frame) => frame.readUInt16BE(20) / frame.readUInt16BE(22));
  const total = seconds.reduce((sum, each) => sum + each, 0);
  expect(total).toBeGreaterThan(6);
  expect(total).toBeLessThan(10);
});
