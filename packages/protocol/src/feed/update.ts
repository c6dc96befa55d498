import { isRecord, type JsonRecord } from "../json.ts";
import { type FieldErrorCode, type Parsed, parsed, refused } from "../problem.ts";

/** Longest id and value, in UTF-16 code units: a row's name and a reading. They bound a pod's memory [B3]. */
export const MAX_ID_LENGTH = 64;
export const MAX_VALUE_LENGTH = 256;

/** Most updates in one request: all of them are accepted or none [B2]. */
export const MAX_BATCH_UPDATES = 1_000;

/** What a person publishes: the new value of one id. Both are strings, as in the original example [B5]. */
export interface Update {
  readonly id: string;
  readonly value: string;
}

/** What Istio's tutorial publishes by hand, in its order: one value that stays plain, two yellow ones, a red one. */
export const TUTORIAL_UPDATES: readonly Update[] = [
  { id: "8", value: "300" },
  { id: "5", value: "600" },
  { id: "1", value: "200" },
  { id: "3", value: "290" },
];

/** An update that a store has put in order. */
export interface AppendedUpdate extends Update {
  /** Its place in the one order that every client sees; grows by one with each update of an epoch [B4]. */
  readonly revision: number;
  /** When it was appended, in milliseconds since 1970, by the clock of the one who ordered it. */
  readonly at: number;
}

const CONTROL_CHARACTERS = /\p{Cc}/u;

/** Reads a JSON value as one update, or as a batch of 1 to {@link MAX_BATCH_UPDATES} [B2] [B3]. Never throws. */
export function parseUpdates(json: unknown): Parsed<Update[]> {
  const isBatch = Array.isArray(json);
  const items: readonly unknown[] = isBatch ? json : [json];
  if (items.length === 0) return refusedField("body", "empty", "body is an empty array; it needs at least one update");
  if (items.length > MAX_BATCH_UPDATES) {
    const detail = `body has ${items.length} updates; the limit is ${MAX_BATCH_UPDATES} in one request`;
    return refusedField("body", "too-many", detail, MAX_BATCH_UPDATES);
  }
  const updates: Update[] = [];
  for (const [index, item] of items.entries()) {
    const update = parseUpdate(item, isBatch ? `[${index}]` : "");
    if (!update.ok) return update;
    updates.push(update.value);
  }
  return parsed(updates);
}

/** Reads one update; `path` says where it stands in a batch (`[3]`), and is empty for a lone one. */
function parseUpdate(json: unknown, path: string): Parsed<Update> {
  if (!isRecord(json) || Array.isArray(json)) {
    const detail = `${path || "body"} must be an object like {"id":"8","value":"300"}`;
    return refusedField(path || "body", "wrong-type", detail);
  }
  const prefix = path && `${path}.`;
  const id = parseText(json, "id", prefix, MAX_ID_LENGTH);
  if (!id.ok) return id;
  const value = parseText(json, "value", prefix, MAX_VALUE_LENGTH);
  if (!value.ok) return value;
  return parsed({ id: id.value, value: value.value });
}

function parseText(json: JsonRecord, name: "id" | "value", prefix: string, limit: number): Parsed<string> {
  const field = prefix + name;
  const text = Object.hasOwn(json, name) ? json[name] : undefined;
  if (text === undefined) return refusedField(field, "missing", `${field} is missing`);
  if (typeof text !== "string") {
    return refusedField(field, "wrong-type", `${field} must be a string, in quotes; it is ${describe(text)}`);
  }
  if (text.trim() === "") return refusedField(field, "empty", `${field} is empty`);
  if (text.length > limit) {
    const detail = `${field} is ${text.length} characters long; the limit is ${limit}`;
    return refusedField(field, "too-long", detail, limit);
  }
  if (CONTROL_CHARACTERS.test(text)) {
    return refusedField(field, "control-characters", `${field} contains a control character, such as a line break`);
  }
  if (!text.isWellFormed()) {
    return refusedField(field, "not-unicode", `${field} contains half of a surrogate pair, which is not Unicode text`);
  }
  return parsed(text);
}

function describe(json: unknown): string {
  if (json === null) return "null";
  if (typeof json === "object") return Array.isArray(json) ? "an array" : "an object";
  return `a ${typeof json}`;
}

const refusedField = (field: string, code: FieldErrorCode, detail: string, limit?: number) =>
  refused({ field, code, detail, ...(limit !== undefined && { limit }) });
