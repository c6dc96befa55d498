import {
  type Drawing,
  encodeItems,
  encodePoints,
  type History,
  type Item,
  type Operation,
  type Point,
  parseOperation,
} from "@crosspod/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeAppend } from "../../../../../test/helpers/board/operation-text.ts";
import { append, point, put } from "../../../../../test/helpers/board/strokes.ts";
import { OriginalPen } from "./original-pen.ts";
import { OriginalReplica } from "./original-replica.ts";

const ID = "anna-000.1";

const POSITION = { epoch: "e", token: "abcd" };
const history = (...items: Item[]): History => ({
  ...POSITION,
  seq: items.length,
  items: encodeItems(items),
  operations: "",
});

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
        const replica = new OriginalReplica(history());
        const operations: Operation[] = [
          { type: "put", id: ID, color: "ff0000", width: 32, pressure, points: first },
          ...rest.map((points) => ({ type: "append", id: ID, pressure, points }) as const),
        ];
        const grown = operations.flatMap((operation) => replica.apply(operation, 1));
        const whole = [...new OriginalReplica(history(itemOf(texts.join(""), pressure))).drawings()];
        // A stroke that begins with one point has begun with a dot.
        const isDot = ({ x0, y0, x1, y1 }: Drawing) => x0 === x1 && y0 === y1;
        expect(grown.filter((drawing) => !isDot(drawing))).toEqual(whole.filter((drawing) => !isDot(drawing)));
        // A board can also come as operations: those since it was read.
        const numbered = operations.map((operation, index) => ({
          client: "anna-000",
          clientSeq: index + 1,
          operation,
        }));
        const text = encodeAppend(numbered, "abcd");
        const read = { ...POSITION, seq: operations.length, items: "", operations: text };
        expect([...new OriginalReplica(read).drawings()]).toEqual(whole);
      }),
    );
  });

  test("[W12] a board that was read before is drawn with what came since, and followed from there", () => {
    const gone = put("anna-000.2");
    const [one, two] = [append(ID, [point(320, 180)], point(160, 90)), append(ID, [point(480, 270)], point(320, 180))];
    const items = history(itemOf(encodePoints([point(0, 0), point(160, 90)], { pressure: false })));
    const since: Operation[] = [gone, one, { type: "remove", ids: [gone.id] }];
    const numbered = since.map((operation, index) => ({ client: "anna-000", clientSeq: index + 2, operation }));
    const whole = { ...items, seq: 4, operations: encodeAppend(numbered, "abcd") };
    const places = [...new OriginalReplica(whole).drawings()].map(({ x0, x1 }) => [x0, x1]);
    expect(places).toEqual([
      [0, 0.01],
      [0.01, 0.02],
    ]);
    expect(new OriginalReplica(whole).apply(two, 5)).toEqual([
      { x0: 0.02, y0: 0.02, x1: 0.03, y1: 0.03, color: "red" },
    ]);
  });

  test("[W12] what is added to an item that was there before is drawn from its end", () => {
    const replica = new OriginalReplica(
      history(itemOf(encodePoints([point(0, 0), point(160, 90)], { pressure: false }))),
    );
    expect(replica.apply(append(ID, [point(320, 180)], point(160, 90)), 2)).toEqual([
      { x0: 0.01, y0: 0.01, x1: 0.02, y1: 0.02, color: "red" },
    ]);
  });

  test("[W5] nothing is drawn by an append to what is gone, and by a put of what is there", () => {
    const replica = new OriginalReplica(history());
    replica.apply(put(ID), 1);
    expect(replica.apply(put(ID), 1)).toEqual([]);
    expect(replica.apply({ ...append(ID), pressure: true, points: "AAA" }, 2)).toEqual([]);
    replica.apply({ type: "remove", ids: [ID] }, 3);
    expect(replica.apply(append(ID), 2)).toEqual([]);
    expect(replica.apply(put(ID), 1)).toHaveLength(1);
    replica.apply(append(ID), 2);
    replica.apply({ type: "remove", ids: [ID] }, 3);
    replica.apply(put(ID, [point(0, 0), point(160, 90)]), 4);
    const [grown] = replica.apply(append(ID, [point(320, 180)], point(160, 90)), 5);
    expect(grown).toMatchObject({ x0: 0.01, y0: 0.01, x1: 0.02, y1: 0.02 });
    replica.apply({ type: "clear" }, 6);
    expect(replica.apply(append(ID), 2)).toEqual([]);
  });
});

describe("the pen of an original client", () => {
  const draw = (pen: OriginalPen, x0: number, x1: number) => pen.draw({ x0, y0: 0, x1, y1: 0, color: "black" });

  test("[W6] its operations are numbered from 1, under a client id of its own", () => {
    const pen = new OriginalPen();
    const submissions = [draw(pen, 0, 0.1), draw(pen, 0.1, 0.2), draw(pen, 0.5, 0.6)];
    expect(submissions.map(({ firstClientSeq }) => firstClientSeq)).toEqual([1, 2, 3]);
    expect(new Set(submissions.map(({ client }) => client))).toEqual(new Set([pen.client]));
    const parsed = submissions.flatMap(({ operations }) =>
      operations.map(({ text }) => parseOperation(text, pen.client)),
    );
    expect(parsed).toEqual(submissions.flatMap(({ operations }) => operations.map(({ operation }) => operation)));
    expect(submissions.map(({ operations }) => operations[0]?.operation.type)).toEqual(["put", "append", "put"]);
    expect(new OriginalPen().client).not.toBe(pen.client);
  });

  test("[W6] after a refusal it starts again as another client, once for all that was in flight", () => {
    const pen = new OriginalPen();
    const [first, second] = [draw(pen, 0, 0.1), draw(pen, 0.1, 0.2)];
    pen.refused(first);
    const { client } = pen;
    expect(client).not.toBe(first.client);
    expect(draw(pen, 0.2, 0.3)).toMatchObject({
      client,
      firstClientSeq: 1,
      operations: [{ operation: { type: "put" } }],
    });
    pen.refused(second);
    expect(draw(pen, 0.3, 0.4)).toMatchObject({
      client,
      firstClientSeq: 2,
      operations: [{ operation: { type: "append" } }],
    });
  });

  test("[W9] a very long line becomes several strokes", () => {
    const pen = new OriginalPen();
    const types = Array.from({ length: 2_000 }, (_, index) => {
      const { operations } = draw(pen, index / 2_000, (index + 1) / 2_000);
      return operations[0]?.operation.type;
    });
    expect(types.filter((type) => type === "put")).toHaveLength(3);
  });

  test("[W5] a stroke that somebody took away does not go on", () => {
    const pen = new OriginalPen();
    const { operations } = draw(pen, 0, 0.1);
    pen.removed(["anna-000.1"]);
    expect(draw(pen, 0.1, 0.2).operations[0]?.operation.type).toBe("append");
    const [first] = operations;
    pen.removed(first?.operation.type === "put" ? [first.operation.id] : []);
    expect(draw(pen, 0.2, 0.3).operations[0]?.operation.type).toBe("put");
    pen.removed("all");
    expect(draw(pen, 0.3, 0.4).operations[0]?.operation.type).toBe("put");
  });
});
