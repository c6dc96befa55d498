import { expect, test } from "vitest";
import { LogLines } from "../../../../../test/helpers/service/log-lines.ts";
import { AffinityWarning } from "./affinity-warning.ts";

test("[W1] requests for sessions of other pods are warned of once a minute, with how many there were", () => {
  const log = new LogLines();
  let now = 0;
  const sessions = new AffinityWarning(log.log, () => now);
  const refuse = (times: number): void => {
    for (let time = 0; time < times; time++) sessions.refused("Session ID unknown");
  };

  refuse(3);
  now = 59_999;
  refuse(1);
  expect(log.lines).toMatchObject([{ level: "warn", requests: 1 }]);
  now = 60_000;
  refuse(2);
  expect(log.lines).toMatchObject([
    { level: "warn", requests: 1 },
    { level: "warn", requests: 4 },
  ]);
  expect(log.lines[0]?.msg).toContain("long polling needs a balancer that keeps a session on one pod");
});

test("other requests that are refused are no reason to warn", () => {
  const log = new LogLines();
  new AffinityWarning(log.log).refused("Bad handshake method");
  expect(log.lines).toEqual([]);
});
