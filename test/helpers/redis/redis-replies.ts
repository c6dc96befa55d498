const LINE_END = "\r\n";
/** A string in RESP: its length, and then its bytes. */
const STRINGS = "$!=";
/** A list in RESP, and how many replies each of its elements is. */
const LISTS: Readonly<Record<string, number>> = { "*": 1, "~": 1, ">": 1, "%": 2, "|": 2 };
/** In which the channel of a message is. */
const MAX_HEAD_BYTES = 400;

/** Cuts the bytes that a Redis server sends into its replies (RESP 2 and 3), whole ones, as they come. */
export class RedisReplies {
  #rest: Buffer = Buffer.alloc(0);

  /** Returns the replies that are complete with these bytes. */
  add(bytes: Buffer): Buffer[] {
    const all = Buffer.concat([this.#rest, bytes]);
    const replies: Buffer[] = [];
    let start = 0;
    for (let end = endOfReply(all, 0); end !== undefined; end = endOfReply(all, start)) {
      replies.push(all.subarray(start, end));
      start = end;
    }
    this.#rest = all.subarray(start);
    return replies;
  }
}

const SHARDED_MESSAGE = /^[>*]3\r\n\$8\r\nsmessage\r\n\$\d+\r\n(.*)\r\n/;

/** The channel of a message of sharded publish and subscribe; undefined for any other reply. */
export const shardedChannel = (reply: Buffer): string | undefined =>
  SHARDED_MESSAGE.exec(reply.toString("latin1", 0, MAX_HEAD_BYTES))?.[1];

/** Where the reply at `start` ends; undefined when it is not complete. */
function endOfReply(bytes: Buffer, start: number): number | undefined {
  const lineEnd = bytes.indexOf(LINE_END, start);
  if (lineEnd === -1) return undefined;
  const type = String.fromCharCode(bytes[start] ?? 0);
  const length = Number(bytes.toString("latin1", start + 1, lineEnd));
  const body = lineEnd + LINE_END.length;
  const elements = LISTS[type];
  if (elements !== undefined) return endOfReplies(bytes, body, length * elements);
  if (!STRINGS.includes(type) || length < 0) return body;
  const end = body + length + LINE_END.length;
  return end <= bytes.length ? end : undefined;
}

function endOfReplies(bytes: Buffer, start: number, count: number): number | undefined {
  let end: number | undefined = start;
  for (let left = count; left > 0 && end !== undefined; left -= 1) end = endOfReply(bytes, end);
  return end;
}
