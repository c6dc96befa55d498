import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { Deadline } from "./deadline.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

describe("a deadline", () => {
  test("ends what takes too long, whatever is collected meanwhile", async () => {
    const { signal } = new Deadline(100, new AbortController().signal);
    const ended = once(signal, "abort");
    // What is weakly held goes in the turn after.
    setImmediate(collectGarbage);
    await ended;
    expect(signal.reason).toMatchObject({ name: "TimeoutError" });
  });

  test("ends with what is larger", () => {
    const larger = new AbortController();
    using deadline = new Deadline(60_000, larger.signal);
    larger.abort(new Error("ended"));
    expect(deadline.signal.reason).toEqual(new Error("ended"));
  });
});
