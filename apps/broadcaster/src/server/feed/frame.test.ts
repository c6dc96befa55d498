import { expect, test } from "vitest";
import { textFrame } from "./frame.ts";

test.each([
  ["a short text", "x".repeat(125), [0x81, 125]],
  ["a text of 126 bytes", "x".repeat(126), [0x81, 126, 0, 126]],
  ["a text of 65,535 bytes", "x".repeat(65_535), [0x81, 126, 0xff, 0xff]],
  ["a text of 65,536 bytes", "x".repeat(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ["a text of 63 characters and 126 bytes", "é".repeat(63), [0x81, 126, 0, 126]],
])("[B6] %s becomes one unmasked frame with the length of its bytes (RFC 6455, section 5.2)", (_what, text, header) => {
  const frame = textFrame(text);
  expect([...frame.subarray(0, header.length)]).toEqual(header);
  expect(frame.subarray(header.length).toString()).toBe(text);
});
