import {
  type AppendedOperation,
  type ClientId,
  type Item,
  type ItemId,
  MAX_WIDTH,
  type Operation,
} from "./board-operation.ts";
import { countPoints } from "./point-codec.ts";

const CLIENT_ID = /^[\w-]{8}$/;
const CLIENT_ID_LENGTH = 8;
const ITEM_ID = /^[\w-]{8}\.[0-9a-z]{1,8}$/;
const OWN_ITEM_ID = /^[0-9a-z]{1,8}$/;
const COLOR = /^[0-9a-f]{6}$/;
const NUMBER = /^[1-9a-z][0-9a-z]{0,8}$/;

/** Stands before the points of a stroke that have a pressure. */
const PRESSURE_MARK = "!";

export const isClientId = (text: unknown): text is ClientId => typeof text === "string" && CLIENT_ID.test(text);

/** The id of an item that `client` puts; `number` is any number that this client has not used for an item. */
export const itemId = (client: ClientId, number: number): ItemId => `${client}.${number.toString(36)}`;

/**
 * Writes an operation as text [W8]: its fields with `,` between them, whole numbers in base 36. An item's id leaves its
 * client out where that is `author`, who made the operation; points with a pressure begin with `!`.
 */
export function encodeOperation(operation: Operation, author: ClientId): string {
  switch (operation.type) {
    case "put": {
      const { id, color, width, z, pressure, points } = operation;
      const fields = [shortId(id, author), color, width.toString(36), z?.toString(36) ?? "", mark(pressure) + points];
      return `p${fields.join(",")}`;
    }
    case "append":
      return `a${shortId(operation.id, author)},${mark(operation.pressure)}${operation.points}`;
    case "remove":
      return `r${operation.ids.map((id) => shortId(id, author)).join(",")}`;
    case "clear":
      return "c";
  }
}

/** Reads what {@link encodeOperation} wrote, else undefined. The points are whole, but may be off the board. */
export function parseOperation(text: string, author: ClientId): Operation | undefined {
  const fields = text.slice(1).split(",");
  switch (text[0]) {
    case "p":
      return parsePut(fields, author);
    case "a":
      return parseAppend(fields, author);
    case "r":
      return parseRemove(fields, author);
    case "c":
      return text === "c" ? { type: "clear" } : undefined;
    default:
      return undefined;
  }
}

function parsePut(fields: readonly string[], author: ClientId): Operation | undefined {
  const [shortened = "", color = "", widthText = "", zText, marked] = fields;
  const id = longId(shortened, author);
  const width = parseNumber(widthText);
  const z = zText === "" ? undefined : parseNumber(zText);
  const wrong = !id || !COLOR.test(color) || !width || width > MAX_WIDTH || marked === undefined;
  if (wrong || fields.length !== 5 || (zText !== "" && z === undefined)) return undefined;
  const run = parsePointRun(marked);
  return run && { type: "put", id, color, width, ...run, ...(z !== undefined && { z }) };
}

function parseAppend(fields: readonly string[], author: ClientId): Operation | undefined {
  const [shortened = "", marked = ""] = fields;
  const id = longId(shortened, author);
  const run = parsePointRun(marked);
  return id && run && fields.length === 2 ? { type: "append", id, ...run } : undefined;
}

/** One or more whole points, and whether they have a pressure. */
function parsePointRun(marked: string): { pressure: boolean; points: string } | undefined {
  const pressure = marked.startsWith(PRESSURE_MARK);
  const points = pressure ? marked.slice(PRESSURE_MARK.length) : marked;
  return countPoints(points, { pressure }) ? { pressure, points } : undefined;
}

function parseRemove(fields: readonly string[], author: ClientId): Operation | undefined {
  const ids = fields.map((shortened) => longId(shortened, author));
  return ids.every((id) => id !== undefined) ? { type: "remove", ids } : undefined;
}

/** Writes the operations of one author, in the order of their numbers, with `;` between them. */
export const encodeOperations = (operations: readonly Operation[], author: ClientId): string =>
  operations.map((operation) => encodeOperation(operation, author)).join(";");

/** Writes one operation as the log has it: its author, its number and a colon before the text of the operation. */
export const encodeEntry = (client: ClientId, clientSeq: number, text: string): string =>
  `${client}${clientSeq.toString(36)}:${text}`;

/** Ends the operations of one append, with its token. */
export const TOKEN_MARK = "@";

/** The token of the append that ends here; undefined where none ends. */
export function tokenOf(text: string): string | undefined {
  const mark = text.lastIndexOf(TOKEN_MARK);
  return mark === -1 ? undefined : text.slice(mark + TOKEN_MARK.length);
}

/** The sequence number at which each append of a text of the log ends, and its token. */
export const tokensOf = (text: string, firstSeq: number): (readonly [seq: number, token: string])[] =>
  text.split(";").flatMap((entry, index) => {
    const token = tokenOf(entry);
    return token === undefined ? [] : [[firstSeq + index, token] as const];
  });

/** Who made each operation of a text of the log, and its number, without reading the operations. */
export const entryNumbers = (text: string): { readonly client: ClientId; readonly clientSeq: number }[] =>
  text.split(";").map((entry) => ({
    client: entry.slice(0, CLIENT_ID_LENGTH),
    clientSeq: Number.parseInt(entry.slice(CLIENT_ID_LENGTH, entry.indexOf(":")), 36),
  }));

/** How many operations a text of the log has. */
export const countEntries = (text: string): number => (text === "" ? 0 : text.split(";").length);

/** Reads operations from the log, of which the first has the number `firstSeq`; undefined when they cannot be read. */
export function parseEntries(text: string, firstSeq: number): AppendedOperation[] | undefined {
  if (text === "") return [];
  const entries: AppendedOperation[] = [];
  for (const part of text.split(";")) {
    const colon = part.indexOf(":");
    const client = part.slice(0, CLIENT_ID_LENGTH);
    const clientSeq = parseNumber(part.slice(CLIENT_ID_LENGTH, colon));
    const [written = ""] = part.slice(colon + 1).split(TOKEN_MARK, 1);
    const operation = colon > 0 && isClientId(client) ? parseOperation(written, client) : undefined;
    if (!operation || clientSeq === undefined) return undefined;
    entries.push({ client, clientSeq, operation, seq: firstSeq + entries.length });
  }
  return entries;
}

/** Writes items as the puts that would make them, with `;` between them. */
export const encodeItems = (items: readonly Item[]): string =>
  items.map((item) => encodeOperation({ type: "put", ...item }, "")).join(";");

/** Reads what {@link encodeItems} wrote; undefined when it is not that. */
export function parseItems(text: string): Item[] | undefined {
  if (text === "") return [];
  const items: Item[] = [];
  for (const put of text.split(";").map((part) => parseOperation(part, ""))) {
    if (put?.type !== "put" || put.z === undefined) return undefined;
    const { id, color, width, pressure, points, z } = put;
    items.push({ id, color, width, pressure, points, z });
  }
  return items;
}

const mark = (pressure: boolean): string => (pressure ? PRESSURE_MARK : "");

const shortId = (id: ItemId, author: ClientId): string =>
  author !== "" && id.startsWith(`${author}.`) ? id.slice(CLIENT_ID_LENGTH + 1) : id;

function longId(text: string, author: ClientId): ItemId | undefined {
  if (ITEM_ID.test(text)) return text;
  return author !== "" && OWN_ITEM_ID.test(text) ? `${author}.${text}` : undefined;
}

function parseNumber(text: string | undefined): number | undefined {
  return text !== undefined && NUMBER.test(text) ? Number.parseInt(text, 36) : undefined;
}
