import { describe, expect, test } from "vitest";
import { encodeFeedMessage, encodeUpdate, type Hello, parseFeedMessage } from "./feed-message.ts";

const hello: Hello = {
  type: "hello",
  protocol: 1,
  pod: "a",
  version: "1",
  epoch: "e",
  revision: 3,
  state: "live",
  heartbeatSeconds: 10,
};

describe("parseFeedMessage", () => {
  test("[B5] [B7] [B8] reads what a server writes", () => {
    const update = { id: "8", value: "300", revision: 1, at: 1_700_000_000_000 };
    const state = { type: "state", state: "stale", revision: 4 } as const;
    expect(parseFeedMessage(encodeUpdate(update))).toEqual(update);
    expect(parseFeedMessage(encodeFeedMessage(hello))).toEqual(hello);
    expect(parseFeedMessage(encodeFeedMessage(state))).toEqual(state);
  });

  test("[B7] takes a hello without a protocol for one of the first, and reads of another only which it is", () => {
    const { protocol: _, ...first } = hello;
    expect(parseFeedMessage(JSON.stringify(first))).toEqual(hello);
    expect(parseFeedMessage('{"type":"hello","protocol":2,"pod":{}}')).toEqual({ type: "other-protocol", protocol: 2 });
    expect(parseFeedMessage(JSON.stringify({ ...hello, protocol: "1" }))).toBeUndefined();
  });

  test("[B5] reads what the original example's server writes", () => {
    expect(parseFeedMessage('{"id": "8", "value": "300"}')).toEqual({ id: "8", value: "300" });
  });

  test.each([
    "",
    "[]",
    "null",
    "8",
    "{",
    '{"id":8,"value":"300"}',
    '{"id":"8"}',
    '{"id":"8","value":"3","revision":"1"}',
    '{"type":"hello"}',
    '{"type":"state","state":"odd","revision":1}',
    '{"type":"tomorrow"}',
  ])("[B5] skips %s", (text) => {
    expect(parseFeedMessage(text)).toBeUndefined();
  });
});
