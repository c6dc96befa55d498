import { BOARD_PROTOCOL, itemId } from "@crosspod/protocol";
import { expect, test } from "vitest";
import { put } from "../../../../test/helpers/board/strokes.ts";
import { MemoryOutboxStorage } from "../outbox/outbox-storage.ts";
import { BoardDocument } from "./board-document.ts";

const ANNA = "anna-000";

test("[W8] a document says once of an operation of one's own that the store is safe up to it", () => {
  const document = new BoardDocument({
    board: "default",
    storage: new MemoryOutboxStorage(),
    newClientId: () => ANNA,
  });
  const position = { epoch: "e1", seq: 0, token: "t0" };
  const pod = { protocol: BOARD_PROTOCOL, pod: "pod-a", version: "1", headSeconds: 3 };
  document.join({ ...pod, ...position, items: "", operations: "", clientSeqs: [0] }, [ANNA]);
  const operation = put(itemId(ANNA, 1));
  document.perform(operation);
  document.outbox.freeze();
  expect(document.receive([{ client: ANNA, clientSeq: 1, seq: 1, operation }], "t1", 0)).toBe(false);
  expect([document.outbox.size, document.position]).toEqual([1, { epoch: "e1", seq: 1, token: "t1" }]);
  expect(document.receive([], undefined, 1)).toBe(true);
  expect([document.outbox.size, document.position]).toEqual([0, { epoch: "e1", seq: 1, token: "t1" }]);
  expect(document.receive([], undefined, 1)).toBe(false);
});
