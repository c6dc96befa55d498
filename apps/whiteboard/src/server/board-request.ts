import {
  BOARD_HEIGHT,
  BOARD_WIDTH,
  type BoardError,
  type BoardErrorCode,
  type Head,
  isBoardName,
  isClientId,
  type JoinRequest,
  MAX_BOARD_NAME_LENGTH,
  MAX_MESSAGE_LENGTH,
  MAX_MESSAGE_OPERATIONS,
  MAX_NAME_LENGTH,
  MAX_REMOVED_ITEMS,
  type Operation,
  type Point,
  parseOperations,
  type Reply,
} from "@crosspod/protocol";
import type { Submission } from "./board-store.ts";

/** Longest epoch that a client may name: a store's are far shorter. */
const MAX_EPOCH_LENGTH = 64;

const CONTROL_CHARACTERS = /\p{Cc}/u;

/** What came with an event: any JSON, or binary, in any number. */
export type Arguments = readonly unknown[];

/** A reply that says why not. */
export function refuse(code: BoardErrorCode, detail: string, limit?: number): { readonly error: BoardError } {
  return { error: limit === undefined ? { code, detail } : { code, detail, limit } };
}

/** Reads the arguments of `join`. Never throws, like all here. */
export function parseJoin([json]: Arguments): Reply<JoinRequest> {
  if (typeof json !== "object" || json === null) return refuse("malformed", "join takes an object");
  const { board, client, name, epoch, seq } = json as Readonly<Record<string, unknown>>;
  if (!isBoardName(board)) {
    const detail = `board must be 1 to ${MAX_BOARD_NAME_LENGTH} letters, digits, - and _, the first a letter or digit`;
    return refuse("bad-board-name", detail, MAX_BOARD_NAME_LENGTH);
  }
  if (!isClientId(client)) return refuse("malformed", "client must be 8 characters of base64url");
  const person = parseName([name]);
  if ("error" in person) return person;
  if (epoch === undefined && seq === undefined) return { ok: { board, client, name: person.ok } };
  const known = parseSince([epoch, seq]);
  return "error" in known ? known : { ok: { board, client, name: person.ok, ...known.ok } };
}

/** Reads the arguments of `name`: a name as others see it. */
export function parseName([name]: Arguments): Reply<string> {
  if (typeof name !== "string") return refuse("bad-name", "name must be a string");
  if (name.length > MAX_NAME_LENGTH) {
    return refuse("bad-name", `name is longer than ${MAX_NAME_LENGTH} characters`, MAX_NAME_LENGTH);
  }
  if (name.trim() === "") return refuse("bad-name", "name is empty");
  if (CONTROL_CHARACTERS.test(name) || !name.isWellFormed()) {
    return refuse("bad-name", "name has a control character, or half of a surrogate pair, in it");
  }
  return { ok: name };
}

/** Reads the arguments of `since`: how far the board is known. */
export function parseSince([epoch, seq]: Arguments): Reply<Head> {
  if (typeof epoch !== "string" || epoch.length > MAX_EPOCH_LENGTH) {
    return refuse("malformed", `epoch must be a string of at most ${MAX_EPOCH_LENGTH} characters`);
  }
  if (!isWholeFrom(seq, 0)) return refuse("malformed", "seq must be a whole number from 0");
  return { ok: { epoch, seq } };
}

/** Reads the arguments of `o`: a client, its number of the first operation, and the operations [W8]. */
export function parseSubmission([client, firstN, text]: Arguments): Reply<
  Submission & { readonly textLength: number }
> {
  if (!isClientId(client)) return refuse("malformed", "the first argument must be a client: 8 characters of base64url");
  if (!isWholeFrom(firstN, 1)) return refuse("malformed", "the second argument must be a whole number from 1");
  if (typeof text !== "string") return refuse("malformed", "the third argument must be a string of operations");
  if (text.length > MAX_MESSAGE_LENGTH) {
    const detail = `the operations are longer than ${MAX_MESSAGE_LENGTH} characters`;
    return refuse("message-too-long", detail, MAX_MESSAGE_LENGTH);
  }
  if (text.split(";", MAX_MESSAGE_OPERATIONS + 1).length > MAX_MESSAGE_OPERATIONS) {
    const detail = `there are more than ${MAX_MESSAGE_OPERATIONS} operations in the message`;
    return refuse("too-many-operations", detail, MAX_MESSAGE_OPERATIONS);
  }
  const operations = parseOperations(text, client);
  if (!operations) return refuse("malformed", "the third argument is not a list of operations");
  if (operations.some(removesTooMany)) {
    return refuse("too-many-items", `a remove names more than ${MAX_REMOVED_ITEMS} items`, MAX_REMOVED_ITEMS);
  }
  return { ok: { client, firstN, operations, textLength: text.length } };
}

/** Reads the arguments of `c`: where a pointer is; nothing when it has left. */
export function parseCursor([x, y]: Arguments): Reply<Point | undefined> {
  if (x === undefined && y === undefined) return { ok: undefined };
  if (isWholeFrom(x, 0) && x <= BOARD_WIDTH && isWholeFrom(y, 0) && y <= BOARD_HEIGHT) return { ok: { x, y } };
  return refuse("malformed", `a pointer has x from 0 to ${BOARD_WIDTH} and y from 0 to ${BOARD_HEIGHT}, or neither`);
}

const removesTooMany = (operation: Operation): boolean =>
  operation.type === "remove" && operation.ids.length > MAX_REMOVED_ITEMS;

const isWholeFrom = (json: unknown, min: number): json is number =>
  typeof json === "number" && Number.isSafeInteger(json) && json >= min;
