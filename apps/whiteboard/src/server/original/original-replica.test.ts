import { type Drawing, encodeItems, encodePoints, type Item, type Operation, type Point } from "@crosspod/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { append, point, put } from "../../../../test/helpers/strokes.ts";
import { DrawingPen } from "./drawing-pen.ts";
import { DrawingReplica, drawItems } from "./drawing-replica.ts";

const EMPTY = { epoch: "e", seq: 0, items: "" };
const ID = "anna-000.1";

const history = (...items: Item[]) => ({ epoch: "e", seq: items.length, items: encodeItems(items) });

const itemOf = (points: string, pressure = false): Item => ({
  id: ID,
  color: "ff0000",
  width: 32,
  pressure,
  points,
  z: 1,
});

const anyPoints = fc.array(
  fc.record({ x: fc.integer({ min: -500, max: 16_500 }), y: fc.integer({ min: -500, max: 9_500 }) }),
  { minLength: 1, maxLength: 5 },
);

describe("a board said in segments", () => {
  test("[W12] a stroke that grows makes the same segments as one that is there as a whole, on the board and off it", () => {
    fc.assert(
      fc.property(fc.array(anyPoints, { minLength: 1, maxLength: 5 }), fc.boolean(), (runs, pressure) => {
        let before: Point | undefined;
        const texts = runs.map((run) => {
          const text = encodePoints(run, { pressure }, before);
          before = run.at(-1);
          return text;
        });
        const [first = "", ...rest] = texts;
        const replica = new DrawingReplica(EMPTY);
        const operations: Operation[] = [
          { type: "put", id: ID, color: "ff0000", width: 32, pressure, points: first },
          ...rest.map((points) => ({ type: "append", id: ID, pressure, points }) as const),
        ];
        const grown = operations.flatMap((operation) => replica.apply(operation));
        const whole = [...drawItems(history(itemOf(texts.join(""), pressure)))];
        // A stroke that begins with one point has begun with a dot.
        const isDot = ({ x0, y0, x1, y1 }: Drawing) => x0 === x1 && y0 === y1;
        expect(grown.filter((drawing) => !isDot(drawing))).toEqual(whole.filter((drawing) => !isDot(drawing)));
        expect(replica.head).toEqual({ epoch: "e", seq: operations.length });
      }),
    );
  });

  test("[W12] what is added to an item that was there before is drawn from its end", () => {
    const replica = new DrawingReplica(
      history(itemOf(encodePoints([point(0, 0), point(160, 90)], { pressure: false }))),
    );
    expect(replica.apply(append(ID, [point(320, 180)], point(160, 90)))).toEqual([
      { x0: 0.01, y0: 0.01, x1: 0.02, y1: 0.02, color: "red" },
    ]);
  });

  test("[W5] nothing is drawn by an append to what is gone, and by a put of what is there", () => {
    const replica = new DrawingReplica(EMPTY);
    replica.apply(put(ID));
    expect(replica.apply(put(ID))).toEqual([]);
    expect(replica.apply({ ...append(ID), pressure: true, points: "AAA" })).toEqual([]);
    replica.apply({ type: "remove", ids: [ID] });
    expect(replica.apply(append(ID))).toEqual([]);
    expect(replica.apply(put(ID))).toHaveLength(1);
    replica.apply({ type: "clear" });
    expect(replica.apply(append(ID))).toEqual([]);
  });
});

describe("the pen of an original client", () => {
  const draw = (pen: DrawingPen, x0: number, x1: number) => pen.draw({ x0, y0: 0, x1, y1: 0, color: "black" });

  test("[W6] its operations are numbered from 1, under a client id of its own", () => {
    const pen = new DrawingPen();
    const submissions = [draw(pen, 0, 0.1), draw(pen, 0.1, 0.2), draw(pen, 0.5, 0.6)];
    expect(submissions.map(({ firstN }) => firstN)).toEqual([1, 2, 3]);
    expect(new Set(submissions.map(({ client }) => client))).toEqual(new Set([pen.client]));
    expect(submissions.map(({ operations }) => operations[0]?.type)).toEqual(["put", "append", "put"]);
    expect(new DrawingPen().client).not.toBe(pen.client);
  });

  test("[W6] after a refusal it starts again as another client, once for all that was in flight", () => {
    const pen = new DrawingPen();
    const [first, second] = [draw(pen, 0, 0.1), draw(pen, 0.1, 0.2)];
    pen.refused(first);
    const { client } = pen;
    expect(client).not.toBe(first.client);
    expect(draw(pen, 0.2, 0.3)).toMatchObject({ client, firstN: 1, operations: [{ type: "put" }] });
    pen.refused(second);
    expect(draw(pen, 0.3, 0.4)).toMatchObject({ client, firstN: 2, operations: [{ type: "append" }] });
  });

  test("[W9] a very long line becomes several strokes", () => {
    const pen = new DrawingPen();
    const types = Array.from({ length: 2_000 }, (_, index) => {
      const { operations } = draw(pen, index / 2_000, (index + 1) / 2_000);
      return operations[0]?.type;
    });
    expect(types.filter((type) => type === "put")).toHaveLength(3);
  });

  test("[W5] a stroke that somebody took away does not go on", () => {
    const pen = new DrawingPen();
    const { operations } = draw(pen, 0, 0.1);
    pen.removed(["anna-000.1"]);
    expect(draw(pen, 0.1, 0.2).operations[0]?.type).toBe("append");
    const [first] = operations;
    pen.removed(first?.type === "put" ? [first.id] : []);
    expect(draw(pen, 0.2, 0.3).operations[0]?.type).toBe("put");
    pen.removed("all");
    expect(draw(pen, 0.3, 0.4).operations[0]?.type).toBe("put");
  });
});
