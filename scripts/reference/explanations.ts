import { type BoardErrorCode, CloseCode, type FieldErrorCode, MAX_CLIENT_MESSAGE_BYTES } from "@crosspod/protocol";
import type { ProblemCode } from "@crosspod/service";

/** What an error's code means, and what to do about it, in sentences. */
export interface Explanation {
  readonly meaning: string;
  readonly remedy: string;
}

const FIX_CLIENT = "Fix the client: the service has nothing against another connection.";
const RETRY = "Send the same again after a pause.";
const DROP = "Drop the operation, and send the rest under a new client id, counted from 1.";

export const PROBLEM_EXPLANATIONS: Readonly<Record<ProblemCode, Explanation>> = {
  "bad-request": {
    meaning: "The request cannot be read: a range that the file does not have (416), or a condition that fails (412).",
    remedy: "Correct the request as `detail` says.",
  },
  "bad-handshake": {
    meaning: "The WebSocket handshake breaks RFC 6455, such as one of another version than 13.",
    remedy:
      "Use a client of RFC 6455. Where a proxy makes the handshake, let it pass `Upgrade` and `Sec-WebSocket-*` on.",
  },
  unauthorized: {
    meaning: "`/api` asks for the bearer token of `API_TOKEN`, and the request has none, or another one.",
    remedy: "Send `Authorization: Bearer TOKEN`. The page has a field for the token.",
  },
  "origin-not-allowed": {
    meaning: "The request comes from a page whose origin `ALLOWED_ORIGINS` does not list.",
    remedy: "Use a page that is listed, or list the origin.",
  },
  "not-found": {
    meaning: "There is nothing at this path; or a board's name is not valid.",
    remedy: "Correct the path. Behind a gateway, see that it does not change paths.",
  },
  "method-not-allowed": {
    meaning: "The path does not take this method. `Allow` says which ones it takes.",
    remedy: "Use one of these methods.",
  },
  "unsupported-media-type": {
    meaning: "The body is not `application/json`, or it is compressed.",
    remedy: "Send `Content-Type: application/json`, and the body as it is.",
  },
  "upgrade-required": {
    meaning: "The path is a WebSocket, and the request asks for none.",
    remedy: "Use a WebSocket client. Where the client is one, let the proxy before the service pass `Upgrade` on.",
  },
  internal: {
    meaning: "The service failed. It is not known whether the update was taken.",
    remedy: "Operators find the error in the pod's log.",
  },
  "too-many-connections": {
    meaning: "The pod serves `MAX_CONNECTIONS` clients. Those who are connected notice nothing.",
    remedy: "Try again after `Retry-After`. Operators add pods, or raise `MAX_CONNECTIONS`.",
  },
  unavailable: {
    meaning: "The store cannot be reached, and nothing is known to be appended.",
    remedy: "Send the same again after `Retry-After`. Operators look at Redis and at `/readyz`.",
  },
};

export const FIELD_EXPLANATIONS: Readonly<Record<FieldErrorCode, Explanation>> = {
  missing: { meaning: "The field is not there, or the body is empty.", remedy: "Send `id` and `value`." },
  empty: {
    meaning: "The field is empty or only white space, or the array has no update.",
    remedy: "Send at least one character that is not white space, and at least one update.",
  },
  repeated: { meaning: "The query names the field more than once.", remedy: "Name it once." },
  "too-long": {
    meaning: "The field, or the whole body, is longer than `limit`.",
    remedy: "Shorten the field, or split the body. `MAX_BODY_BYTES` sets the limit of a body.",
  },
  "too-many": {
    meaning: "The body has more than `limit` updates, or the feed would hold more than `limit` ids.",
    remedy: "Split the body, or use ids that the feed holds. `MAX_IDS` sets the limit of ids.",
  },
  "control-characters": {
    meaning: "The field contains a control character, such as a line break.",
    remedy: "Leave control characters out.",
  },
  "not-unicode": { meaning: "The field, or the body, is not well-formed UTF-8.", remedy: "Encode the text as UTF-8." },
  "wrong-type": {
    meaning: "The field is not a string, or the update is not an object.",
    remedy: 'Put id and value in quotes: `{"id":"8","value":"300"}`.',
  },
  "bad-json": { meaning: "The body is not JSON.", remedy: "Send one update, or an array of updates, as JSON." },
};

export const BOARD_EXPLANATIONS: Readonly<Record<BoardErrorCode, Explanation>> = {
  malformed: {
    meaning: "The message does not have the form that its event asks for, or there is no such event.",
    remedy: DROP,
  },
  "bad-board-name": {
    meaning: "`board` is not 1 to 64 letters, digits, `-` and `_`, the first a letter or digit.",
    remedy: "Join a board with another name.",
  },
  "bad-name": {
    meaning: "The person's name is empty, longer than 32 characters, or has a control character in it.",
    remedy: "Ask the person for another name.",
  },
  "not-joined": {
    meaning: "The event needs a board, and the connection has joined none.",
    remedy: "Join a board first.",
  },
  gap: {
    meaning:
      "The first operation's number is not the next one of its client. `next` says which number the store expects.",
    remedy: "Send again from `next` on. Join again where there is no such operation.",
  },
  "message-too-long": { meaning: "The text of a message is longer than `limit` characters.", remedy: DROP },
  "too-many-operations": { meaning: "A message has more than `limit` operations.", remedy: DROP },
  "too-many-messages": {
    meaning: "The connection sends more than `limit` messages a second, `MAX_MESSAGES_PER_SECOND`.",
    remedy: RETRY,
  },
  "too-many-items": {
    meaning: "The board would have more than `limit` items, or a `remove` names more than `limit`.",
    remedy: `${DROP} A full board takes new items once somebody has taken some away.`,
  },
  "too-many-points": {
    meaning: "The item, or the board, would have more than `limit` points.",
    remedy: `${DROP} Begin a new item where the item is full; a full board takes points once items were taken away.`,
  },
  "too-many-boards": {
    meaning: "The store keeps `limit` boards already, `MAX_BOARDS`.",
    remedy: "Use a board that exists. Boards that nobody uses are forgotten after `BOARD_TTL_SECONDS`.",
  },
  outdated: {
    meaning: "Client and pod speak different versions of the protocol.",
    remedy: "Load the page anew, or wait while the service is being updated. Keep what was drawn until then.",
  },
  unavailable: {
    meaning: "The store cannot be reached, and nothing is known to be stored.",
    remedy: `${RETRY} What was stored all the same is dropped as a repeat. Operators look at Redis and at \`/readyz\`.`,
  },
};

/** By close code; below 4000 also those of RFC 6455, which the libraries send. */
export const CLOSE_EXPLANATIONS = {
  [CloseCode.normal]: { meaning: "The client needs the feed no more.", remedy: "Nothing." },
  1002: {
    meaning: "The client sent frames that break RFC 6455.",
    remedy: FIX_CLIENT,
  },
  [CloseCode.unsupportedData]: {
    meaning: "The client sent a binary message.",
    remedy: `${FIX_CLIENT} The feed takes text only.`,
  },
  1007: { meaning: "The client sent a text message that is not UTF-8.", remedy: FIX_CLIENT },
  [CloseCode.policyViolation]: {
    meaning: "The client sent more messages and pings than it may.",
    remedy: `${FIX_CLIENT} It has nothing to say but to ask for the state.`,
  },
  1009: {
    meaning: `The client sent a message of more than ${MAX_CLIENT_MESSAGE_BYTES} bytes.`,
    remedy: FIX_CLIENT,
  },
  [CloseCode.serviceRestart]: {
    meaning: "The pod is leaving.",
    remedy: "Connect again after a random pause of up to 0.2 s. Any pod goes on from where the client was.",
  },
  [CloseCode.slowConsumer]: {
    meaning: "The client did not read for `SLOW_CONSUMER_SECONDS`.",
    remedy: "Connect again: what was missed comes with the snapshot. Read faster.",
  },
} as const satisfies Record<number, Explanation>;
