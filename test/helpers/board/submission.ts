import { type ClientId, encodeOperation, type Operation } from "@crosspod/protocol";
import type { Submission } from "../../../apps/whiteboard/src/server/store/board-store.ts";

/** Operations of a client, as a store takes them. */
export const submission = (client: ClientId, firstClientSeq: number, ...operations: Operation[]): Submission => ({
  client,
  firstClientSeq,
  operations: operations.map((operation) => ({ text: encodeOperation(operation, client), operation })),
});
