import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { BOARD_PROTOCOL } from "@crosspod/protocol";

/** A text message as a client has to send it: masked, here with zeros (RFC 6455, section 5.3). */
export function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 125) throw new Error("the frame is too long for a length of 7 bits");
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/**
 * Joins the default board over a WebSocket of its own and then reads nothing any more, whatever the other side does.
 */
export async function joinFrozen(port: number): Promise<Socket> {
  const socket = await joinBare(port);
  socket.pause();
  return socket;
}

/** Joins the default board over a WebSocket of its own. It answers no pings. */
export async function joinBare(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  let received = "";
  const keep = (data: Buffer): void => {
    received += data.toString("latin1");
  };
  socket.on("data", keep);
  const until = async (text: string): Promise<void> => {
    while (!received.includes(text)) await once(socket, "data", { signal: AbortSignal.timeout(30_000) });
  };
  socket.write(
    "GET /socket.io/?EIO=4&transport=websocket&client=crosspod HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n" +
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await until('0{"sid"');
  socket.write(maskedFrame("40"));
  await until('40{"sid"');
  const request = { protocol: BOARD_PROTOCOL, board: "default", clients: ["stuck000"], name: "Stuck" };
  socket.write(maskedFrame(`421${JSON.stringify(["join", request])}`));
  await until("431[");
  socket.off("data", keep);
  return socket;
}
