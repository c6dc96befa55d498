import { type CommittedOperation, itemId, type Operation } from "@crosspod/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BoardReplica } from "./board-replica.ts";

const put = (seq: number): CommittedOperation => {
  const operation: Operation = {
    type: "put",
    id: itemId("aaaaaaaa", seq),
    color: "000000",
    width: 1,
    pressure: false,
    points: "AA",
  };
  return { client: "aaaaaaaa", n: seq, seq, operation };
};

test("[W7] a replica applies each operation once, in order, however they come", () => {
  const arrivals = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 30 }).chain((repeats) =>
    fc.shuffledSubarray([...repeats, ...Array.from({ length: 12 }, (_, index) => index + 1)], {
      minLength: repeats.length + 12,
    }),
  );
  fc.assert(
    fc.property(arrivals, (order) => {
      const applied: number[] = [];
      const replica = new BoardReplica(({ committed }) => applied.push(committed.seq));
      for (const seq of order) replica.receive([put(seq)]);
      expect(applied).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
      expect(replica.isBehind).toBe(false);
    }),
  );
});

test("[W10] a replica does not keep what comes early without bound, and still knows that it is behind", () => {
  const replica = new BoardReplica(() => {});
  replica.receive(Array.from({ length: 5_000 }, (_, index) => put(index + 2)));
  expect(replica.isBehind).toBe(true);
  replica.receive([put(1)]);
  expect(replica.seq).toBe(2_001);
  expect(replica.isBehind).toBe(true);
});

test("[W10] a replica that gets another epoch's snapshot forgets what came early of the old one", () => {
  const replica = new BoardReplica(() => {});
  replica.reset({ epoch: "old", seq: 4 }, []);
  replica.receive([put(7)]);
  replica.reset({ epoch: "new", seq: 6 }, []);
  replica.receive([]);
  expect(replica.seq).toBe(6);
  expect(replica.isBehind).toBe(false);
});
