import { expect, test } from "vitest";
import { SubscriptionProbe } from "./subscription-probe.ts";

test("[A3] a probe that is stopped before it starts, as by a signal while the store is away, sends nothing", async () => {
  const sent: string[] = [];
  const send = async (marker: string): Promise<void> => void sent.push(marker);
  const probe = new SubscriptionProbe({ send, changed: () => {}, reconnect: () => {} });
  probe.stop();
  void probe.start();
  expect(sent).toEqual([]);
});
