import { expect, test } from "vitest";
import { DeliveryProof } from "./delivery-proof.ts";

test("[A3] a proof that is stopped before it starts, as by a signal while the store is away, sends nothing", async () => {
  const sent: string[] = [];
  const send = async (marker: string): Promise<void> => void sent.push(marker);
  const proof = new DeliveryProof({ send, changed: () => {}, revive: () => {} });
  proof.stop();
  void proof.start();
  expect(sent).toEqual([]);
});
