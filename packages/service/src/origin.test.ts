import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { requireAllowedOrigin } from "./origin.ts";

const ask = (origin: string | undefined, allowed: readonly string[]) => () =>
  requireAllowedOrigin({ headers: { host: "wb.example.com:3000", origin } } as IncomingMessage, allowed);

test.each([
  ["anyone when nothing is listed", "https://elsewhere.example", []],
  ["a client that is no browser", undefined, ["https://a.example"]],
  ["a listed origin", "https://a.example", ["https://a.example"]],
  ["the service's own page", "http://wb.example.com:3000", ["https://a.example"]],
])("[A5] lets %s pass", (_what, origin, allowed) => {
  expect(ask(origin, allowed)).not.toThrow();
});

test.each([
  ["another origin", "https://b.example"],
  ["another port of the same host", "http://wb.example.com:3001"],
  ["a page without an origin", "null"],
])("[A5] refuses %s", (_what, origin) => {
  expect(ask(origin, ["https://a.example"])).toThrow("ALLOWED_ORIGINS");
});
