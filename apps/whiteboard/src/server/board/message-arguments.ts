import {
  BOARD_HEIGHT,
  BOARD_PROTOCOL,
  BOARD_WIDTH,
  type BoardError,
  type BoardErrorCode,
  isBoardName,
  isClientId,
  isRecord,
  type JoinRequest,
  MAX_BOARD_NAME_LENGTH,
  MAX_JOINED_CLIENTS,
  MAX_MESSAGE_LENGTH,
  MAX_MESSAGE_OPERATIONS,
  MAX_NAME_LENGTH,
  MAX_REMOVED_ITEMS,
  type Operation,
  type Point,
  type Position,
  parseOperation,
  type Reply,
} from "@crosspod/protocol";
import type { ParsedOperation, Submission } from "../store/board-store.ts";

/** What came with an event: any JSON, or binary, in any number. */
export type Arguments = readonly unknown[];

/** Longest epoch and token that a client may name: a store's are far shorter. */
const MAX_POSITION_TEXT = 64;

const CONTROL_CHARACTERS = /\p{Cc}/u;

/** A reply that says why not. */
export function refuse(code: BoardErrorCode, detail: string, limit?: number): { readonly error: BoardError } {
  return { error: limit === undefined ? { code, detail } : { code, detail, limit } };
}

/** Reads the arguments of `join`. Never throws, like all here. */
export function parseJoin([json]: Arguments): Reply<JoinRequest> {
  if (!isRecord(json)) return refuse("malformed", "join takes an object");
  const { protocol, board, clients, name, known } = json;
  if (protocol !== BOARD_PROTOCOL) return refuse("outdated", outdatedText(protocol));
  if (!isBoardName(board)) {
    const detail = `board must be 1 to ${MAX_BOARD_NAME_LENGTH} letters, digits, - and _, the first a letter or digit`;
    return refuse("bad-board-name", detail, MAX_BOARD_NAME_LENGTH);
  }
  if (!isClientList(clients)) {
    const detail = `clients must be 1 to ${MAX_JOINED_CLIENTS} different clients, each 8 characters of base64url`;
    return refuse("malformed", detail, MAX_JOINED_CLIENTS);
  }
  const person = parseName([name]);
  if ("error" in person) return person;
  if (known === undefined) return { ok: { protocol, board, clients, name: person.ok } };
  if (!isPosition(known)) return refuse("malformed", "known must have an epoch, a seq and a token");
  return { ok: { protocol, board, clients, name: person.ok, known } };
}

/** For a person: what they see is older, or newer, than this pod. */
const outdatedText = (protocol: unknown): string =>
  typeof protocol === "number" && protocol > BOARD_PROTOCOL
    ? "this page is newer than the service, which is being updated; what you draw is kept until then"
    : "this page is older than the service: reload it; what you drew is kept";

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

/** Reads the arguments of `o`: a client, its number of the first operation, and the operations [W8]. */
export function parseSubmission([client, firstClientSeq, text]: Arguments): Reply<Submission> {
  if (!isClientId(client)) return refuse("malformed", "the first argument must be a client: 8 characters of base64url");
  if (!isWholeFrom(firstClientSeq, 1)) return refuse("malformed", "the second argument must be a whole number from 1");
  if (typeof text !== "string") return refuse("malformed", "the third argument must be a string of operations");
  if (text.length > MAX_MESSAGE_LENGTH) {
    const detail = `the operations are longer than ${MAX_MESSAGE_LENGTH} characters`;
    return refuse("message-too-long", detail, MAX_MESSAGE_LENGTH);
  }
  const texts = text.split(";", MAX_MESSAGE_OPERATIONS + 1);
  if (texts.length > MAX_MESSAGE_OPERATIONS) {
    const detail = `there are more than ${MAX_MESSAGE_OPERATIONS} operations in the message`;
    return refuse("too-many-operations", detail, MAX_MESSAGE_OPERATIONS);
  }
  const operations: ParsedOperation[] = [];
  for (const part of texts) {
    const operation = parseOperation(part, client);
    if (!operation) return refuse("malformed", "the third argument is not a list of operations");
    operations.push({ text: part, operation });
  }
  if (operations.some(({ operation }) => removesTooMany(operation))) {
    return refuse("too-many-items", `a remove names more than ${MAX_REMOVED_ITEMS} items`, MAX_REMOVED_ITEMS);
  }
  return { ok: { client, firstClientSeq, operations } };
}

/** Reads the arguments of `c`: where a pointer is; nothing when it has left. */
export function parseCursor([x, y]: Arguments): Reply<Point | undefined> {
  if (x === undefined && y === undefined) return { ok: undefined };
  if (isWholeFrom(x, 0) && x <= BOARD_WIDTH && isWholeFrom(y, 0) && y <= BOARD_HEIGHT) return { ok: { x, y } };
  return refuse("malformed", `a pointer has x from 0 to ${BOARD_WIDTH} and y from 0 to ${BOARD_HEIGHT}, or neither`);
}

const removesTooMany = (operation: Operation): boolean =>
  operation.type === "remove" && operation.ids.length > MAX_REMOVED_ITEMS;

const isClientList = (json: unknown): json is string[] =>
  Array.isArray(json) &&
  json.length > 0 &&
  json.length <= MAX_JOINED_CLIENTS &&
  json.every(isClientId) &&
  new Set(json).size === json.length;

const isPosition = (json: unknown): json is Position =>
  isRecord(json) && isShortText(json.epoch) && isShortText(json.token) && isWholeFrom(json.seq, 0);

const isShortText = (json: unknown): json is string => typeof json === "string" && json.length <= MAX_POSITION_TEXT;

const isWholeFrom = (json: unknown, min: number): json is number =>
  typeof json === "number" && Number.isSafeInteger(json) && json >= min;
