import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { isAllowedOrigin } from "./origin.ts";

const allows = (origin: string | undefined, allowed: readonly string[]): boolean =>
  isAllowedOrigin({ headers: { host: "wb.example.com:3000", origin } } as IncomingMessage, allowed);

test.each([
  ["anyone when nothing is listed", "https://elsewhere.example", [], true],
  ["a client that is no browser", undefined, ["https://a.example"], true],
  ["a listed origin", "https://a.example", ["https://a.example"], true],
  ["the service's own page", "http://wb.example.com:3000", ["https://a.example"], true],
  ["another origin", "https://b.example", ["https://a.example"], false],
  ["another port of the same host", "http://wb.example.com:3001", ["https://a.example"], false],
  ["a page without an origin", "null", ["https://a.example"], false],
])("[A5] %s", (_what, origin, allowed, expected) => {
  expect(allows(origin, allowed)).toBe(expected);
});
