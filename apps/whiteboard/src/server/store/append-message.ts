import type { BoardBatch } from "./board-store.ts";

/**
 * The room of a board's clients on all pods. Its length is never 20: the adapter takes such a room for one client's
 * own, which all pods hear. The braces make the board the hash tag of the channel, as of its keys.
 */
export const roomName = (board: string): string => `crosspod-board-clients:{${board}}`;

/** The channel of a board's room, as the adapter names it from its prefix. */
export const channelName = (prefix: string, board: string): string => `${prefix}#/#${roomName(board)}#`;

/**
 * What the append script publishes: `{"log":"EPOCH PREVIOUS TOKEN SEQ",` for followers of the log, and a broadcast of
 * `"o", seq, operations, safe` in the form of `@socket.io/redis-adapter`. All that relies on that form is in this file.
 */
export const appendMessage = (board: string): { readonly start: string; readonly end: string } => ({
  // No adapter has this `uid`: each takes what has its own for its own, and leaves it.
  start: `"uid":"log","nsp":"/","type":${BROADCAST},"data":{"opts":{"rooms":["${roomName(board)}"],"except":[],"flags":{}},"packet":{"type":${EVENT},"nsp":"/","data":["o",`,
  end: "]}}}",
});

/** `MessageType.BROADCAST` of socket.io-adapter. */
const BROADCAST = 3;
/** `PacketType.EVENT` of socket.io-parser. */
const EVENT = 2;

const MARK = Buffer.from('{"log":"');

/** Reads what an append published; undefined for a message of another kind. Throws an error for one that is damaged. */
export function parsePublished(message: Buffer): BoardBatch | undefined {
  if (!message.subarray(0, MARK.length).equals(MARK)) return undefined;
  const { log, data } = JSON.parse(message.toString());
  const [epoch = "", previous = "", token = "", seq] = log.split(" ");
  const [, firstSeq, text] = data.packet.data;
  const isWhole = Number.isSafeInteger(firstSeq) && Number.isSafeInteger(Number(seq)) && typeof text === "string";
  if (!isWhole) throw new Error("this is no append");
  return { epoch, previous, token, seq: Number(seq), firstSeq, text, message };
}
