import { describe, expect, test } from "vitest";
import { Arrivals, type SentUpdate } from "./arrivals.ts";

/** Sent at a time of its own number, so that a connection that was opened at 2.5 came between 2 and 3. */
const update = (number: number, fields: Partial<SentUpdate> = {}): SentUpdate => ({
  id: "1",
  number,
  sentAt: number,
  isTaken: true,
  ...fields,
});

const [one, two, three, four] = [update(1), update(2), update(3), update(4)] as const;
const all = [one, two, three, four];

function arrived(...arrivals: readonly (readonly [SentUpdate, openedAt: number])[]): Arrivals {
  const result = new Arrivals();
  for (const [sent, openedAt] of arrivals) result.add(sent, openedAt);
  return result;
}

describe("an update that was taken", () => {
  test("is missing when it did not come", () => {
    expect(new Arrivals().missing(all)).toBe(4);
    expect(arrived([one, 0], [two, 0], [three, 0], [four, 0]).missing(all)).toBe(0);
  });

  test("[B6] is not, when a newer one of its id was in the snapshot of a later connection", () => {
    expect(arrived([one, 0], [three, 3.5], [four, 3.5]).missing(all)).toBe(0);
  });

  test("is, when a newer one came over the same connection", () => {
    expect(arrived([one, 0], [three, 0], [four, 0]).missing(all)).toBe(1);
  });

  test("is, when the newer one was published after the later connection was opened: there was no snapshot", () => {
    expect(arrived([one, 0], [four, 3.5]).missing(all)).toBe(2);
  });

  test("is, when only another id came", () => {
    expect(arrived([update(4, { id: "2" }), 4.5]).missing([one])).toBe(1);
  });
});

test("[B4] what came twice, and what came after a newer one, is counted; the order of what was not taken for sure is not", () => {
  const doubtful = update(1, { isTaken: false });
  expect(arrived([two, 0], [one, 0], [one, 0])).toMatchObject({ received: 2, repeated: 1, outOfOrder: 2 });
  expect(arrived([two, 0], [doubtful, 0])).toMatchObject({ repeated: 0, outOfOrder: 0 });
});
