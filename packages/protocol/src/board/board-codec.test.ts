import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeAppend, parseOperations } from "../../../../test/helpers/board/operation-text.ts";
import {
  countEntries,
  encodeItems,
  encodeOperation,
  encodeOperations,
  isClientId,
  itemId,
  parseEntries,
  parseItems,
  parseOperation,
  tokenOf,
} from "./board-codec.ts";
import { type Item, MAX_WIDTH, type Operation } from "./board-operation.ts";
import { encodePoints } from "./point-codec.ts";

const DIGITS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"];
const clients = fc.string({ unit: fc.constantFrom(...DIGITS), minLength: 8, maxLength: 8 });
const numbers = fc.integer({ min: 1, max: 36 ** 8 - 1 });
const someClients = fc.constantFrom("aaaaaaaa", "-_-_-_-_", "a.b".padEnd(8, "x").replace(".", "0"));
const itemIds = fc.tuple(fc.oneof(someClients, clients), numbers).map(([client, number]) => itemId(client, number));
const pointRuns = fc
  .record({
    pressure: fc.boolean(),
    points: fc.array(fc.record({ x: fc.nat(16_000), y: fc.nat(9_000), pressure: fc.nat(63) }), {
      minLength: 1,
      maxLength: 5,
    }),
  })
  .map(({ pressure, points }) => ({ pressure, points: encodePoints(points, { pressure }) }));
const colors = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 6, maxLength: 6 });
const styles = fc.record({ color: colors, width: fc.integer({ min: 1, max: MAX_WIDTH }) });
const puts = fc
  .tuple(itemIds, styles, pointRuns, fc.option(numbers, { nil: undefined }))
  .map(([id, style, run, z]): Operation => ({ type: "put", id, ...style, ...run, ...(z !== undefined && { z }) }));
const operations = fc.oneof(
  puts,
  fc.tuple(itemIds, pointRuns).map(([id, run]): Operation => ({ type: "append", id, ...run })),
  fc.array(itemIds, { minLength: 1, maxLength: 5 }).map((ids): Operation => ({ type: "remove", ids })),
  fc.constant<Operation>({ type: "clear" }),
);
const items = fc
  .tuple(itemIds, styles, pointRuns, numbers)
  .map(([id, style, run, z]): Item => ({ id, ...style, ...run, z }));

describe("the text of operations", () => {
  test("[W8] gives the same operations back", () => {
    fc.assert(
      fc.property(fc.array(operations, { minLength: 1, maxLength: 5 }), someClients, (written, author) => {
        expect(parseOperations(encodeOperations(written, author), author)).toEqual(written);
      }),
    );
  });

  test("[W8] leaves the author out of the ids of their own items", () => {
    const clear: Operation = { type: "remove", ids: [itemId("aaaaaaaa", 37), itemId("bbbbbbbb", 37)] };
    expect(encodeOperation(clear, "aaaaaaaa")).toBe("r11,bbbbbbbb.11");
  });

  test("[W8] gives appended operations back with their authors, and consecutive sequence numbers", () => {
    const numbered = fc.record({ client: clients, clientSeq: numbers, operation: operations });
    fc.assert(
      fc.property(fc.array(numbered, { minLength: 1, maxLength: 5 }), numbers, (written, firstSeq) => {
        const text = encodeAppend(written, "t0k-");
        expect(parseEntries(text, firstSeq)).toEqual(
          written.map((operation, index) => ({ ...operation, seq: firstSeq + index })),
        );
        expect(countEntries(text)).toBe(written.length);
        expect(tokenOf(text)).toBe("t0k-");
      }),
    );
  });

  test("[W8] gives the operations of several appends back, and the token of the last", () => {
    const clear = (clientSeq: number) => ({ client: "aaaaaaaa", clientSeq, operation: { type: "clear" } as const });
    const text = [encodeAppend([clear(1), clear(2)], "aaaa"), encodeAppend([clear(3)], "bbbb")].join(";");
    expect(parseEntries(text, 7)).toEqual([1, 2, 3].map((clientSeq) => ({ ...clear(clientSeq), seq: 6 + clientSeq })));
    expect(tokenOf(text)).toBe("bbbb");
    expect([tokenOf(""), countEntries("")]).toEqual([undefined, 0]);
  });

  test("[W10] gives the items of a snapshot back", () => {
    fc.assert(
      fc.property(fc.array(items, { maxLength: 5 }), (written) => {
        expect(parseItems(encodeItems(written))).toEqual(written);
      }),
    );
  });

  test.each([
    ["nothing", ""],
    ["another kind", "x1"],
    ["a clear with something behind it", "c1"],
    ["a put without points", "p1,ff0000,3,,"],
    ["a put with too few fields", "p1,ff0000,3,AA"],
    ["a put with too many fields", "p1,ff0000,3,,AA,AA"],
    ["an id that is none", "p1.1,ff0000,3,,AA"],
    ["an id of a client that is none", "pshort.1,ff0000,3,,AA"],
    ["a colour with a name", "p1,red,3,,AA"],
    ["a colour in capitals", "p1,FF0000,3,,AA"],
    ["no width", "p1,ff0000,,,AA"],
    ["a width of 0", "p1,ff0000,0,,AA"],
    ["a width past the limit", `p1,ff0000,${(MAX_WIDTH + 1).toString(36)},,AA`],
    ["a place of 0", "p1,ff0000,3,0,AA"],
    ["half a point", "p1,ff0000,3,,A"],
    ["half a point with pressure", "p1,ff0000,3,,!AA"],
    ["points that are none", "a1,<b>"],
    ["an append without points", "a1,"],
    ["an append with too many fields", "a1,AA,AA"],
    ["a remove of nothing", "r"],
    ["a remove of an empty id", "r1,,2"],
    ["an id as long as no number is", "r123456789"],
  ])("[W8] is not one with %s", (_, text) => {
    expect(parseOperation(text, "aaaaaaaa")).toBeUndefined();
  });

  test("[W9] is none as a whole where one of its operations is none", () => {
    expect(parseOperations("c;c", "aaaaaaaa")).toHaveLength(2);
    expect(parseOperations("c;;c", "aaaaaaaa")).toBeUndefined();
    expect(parseOperations("c;x", "aaaaaaaa")).toBeUndefined();
  });

  test.each([
    ["no author", "1:c"],
    ["no number", "aaaaaaaa:c"],
    ["a number of 0", "aaaaaaaa0:c"],
    ["no colon", "aaaaaaaa1c"],
    ["no operation", "aaaaaaaa1:"],
    ["an author that is none", "aaaa aaa1:c"],
  ])("[W8] of the board's order is not one with %s", (_, text) => {
    expect(parseEntries(text, 1)).toBeUndefined();
  });

  test("[W10] is no snapshot with an item that has no place, or with another operation", () => {
    expect(parseItems("paaaaaaaa.1,ff0000,3,,AA")).toBeUndefined();
    expect(parseItems("c")).toBeUndefined();
    expect(parseItems("p1,ff0000,3,1,AA")).toBeUndefined();
  });

  test("[W8] is read without throwing, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseOperations(text, "aaaaaaaa");
        parseEntries(text, 1);
        parseItems(text);
      }),
    );
  });
});

test("[W6] a client id is 8 characters of base64url", () => {
  expect(["aaaaaaaa", "A-Z_0189"].every(isClientId)).toBe(true);
  expect(["aaaaaaa", "aaaaaaaaa", "aaaa aaa", "aaaaaaa.", "", 12345678, undefined, null].some(isClientId)).toBe(false);
});
