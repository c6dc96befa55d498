import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { originRefusal } from "./refusal.ts";

const refusal = (origin: string | undefined, allowed: readonly string[]) =>
  originRefusal({ headers: { host: "wb.example.com:3000", origin } } as IncomingMessage, allowed);

test.each([
  ["anyone when nothing is listed", "https://elsewhere.example", []],
  ["a client that is no browser", undefined, ["https://a.example"]],
  ["a listed origin", "https://a.example", ["https://a.example"]],
  ["the service's own page", "http://wb.example.com:3000", ["https://a.example"]],
])("[A5] lets %s pass", (_what, origin, allowed) => {
  expect(refusal(origin, allowed)).toBeUndefined();
});

test.each([
  ["another origin", "https://b.example"],
  ["another port of the same host", "http://wb.example.com:3001"],
  ["a page without an origin", "null"],
])("[A5] refuses %s", (_what, origin) => {
  expect(refusal(origin, ["https://a.example"])?.problem).toMatchObject({ status: 403 });
});
