import { connect } from "node:net";

/** Size of the buffer that a socket is read into. */
export const READ_BUFFER_BYTES = 256 * 1_024;

const END_OF_HEAD = "\r\n\r\n";

const TEXT_FRAME = 0x81;
const MASKED = 0x80;
const LENGTH_IN_2_BYTES = 126;
/** A mask of zeros: a client's frames must have one, and this one leaves the payload as it is. */
const MASK = Buffer.alloc(4);

export interface RawWebSocketOptions {
  readonly port: number;
  readonly path: string;
  /** Node reads into it and hands it over at once: nothing is allocated for a read. Sockets may share it. */
  readonly buffer: Buffer;
  /** Called with what comes after the handshake; the bytes are good for the time of the call only. */
  readonly read: (bytes: Buffer) => void;
}

/** A WebSocket that does next to nothing, so that the server is what is measured. */
export interface RawWebSocket {
  /** Sends a text of at most 64 KiB, ASCII only. Returns the bytes that it took. */
  send(text: string): number;
  close(): void;
}

/** Resolves when the handshake is done. A socket that is lost later rejects nothing: its messages are missing. */
export function openWebSocket({ port, path, buffer, read }: RawWebSocketOptions): Promise<RawWebSocket> {
  return new Promise((resolve, reject) => {
    let head: string | undefined = "";
    const callback = (length: number): boolean => {
      let bytes = buffer.subarray(0, length);
      if (head !== undefined) {
        const before = head.length;
        head += bytes.toString("latin1");
        const end = head.indexOf(END_OF_HEAD);
        if (end < 0) return true;
        if (!head.startsWith("HTTP/1.1 101")) reject(new Error(`the handshake was answered with ${head}`));
        bytes = bytes.subarray(end + END_OF_HEAD.length - before);
        head = undefined;
        resolve({
          send: (text) => {
            const bytes = frame(text);
            socket.write(bytes);
            return bytes.length;
          },
          close: () => socket.destroy(),
        });
      }
      read(bytes);
      return true;
    };
    const socket = connect({ host: "127.0.0.1", port, noDelay: true, onread: { buffer, callback } }, () =>
      socket.write(handshake(path)),
    );
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("a client was disconnected")));
  });
}

/** With the example key of RFC 6455; the broadcaster's floor knows its answer by heart. */
const handshake = (path: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    "\r\n",
  ].join("\r\n");

function frame(text: string): Buffer {
  const { length } = text;
  const header =
    length < LENGTH_IN_2_BYTES
      ? [TEXT_FRAME, MASKED | length]
      : [TEXT_FRAME, MASKED | LENGTH_IN_2_BYTES, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), MASK, Buffer.from(text, "latin1")]);
}
