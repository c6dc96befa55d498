import { once } from "node:events";
import { connect } from "node:net";
import { within } from "../deadline.ts";

/**
 * Sends bytes as they are to a port of this machine, and resolves with all that comes back until the other side closes,
 * or until `enough` of it came.
 */
export async function exchange(
  port: number,
  bytes: string | Buffer | readonly (string | Buffer)[],
  enough: (received: Buffer) => boolean = () => false,
): Promise<Buffer> {
  const socket = connect(port, "127.0.0.1");
  const received: Buffer[] = [];
  socket.on("error", () => {});
  const done = new Promise<void>((resolve) => {
    socket.on("close", () => resolve());
    socket.on("data", (data) => {
      received.push(data);
      if (enough(Buffer.concat(received))) resolve();
    });
  });
  await once(socket, "connect");
  for (const part of [bytes].flat()) socket.write(part);
  try {
    await within(done, `the end of what port ${port} sends; so far: ${Buffer.concat(received)}`);
    return Buffer.concat(received);
  } finally {
    socket.destroy();
  }
}
