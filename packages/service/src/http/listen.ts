import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A service cannot listen at its address. The message is one line that says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** Listens and returns the port, which the system has chosen where `port` is 0. Throws a {@link ListenError}. */
export async function listen(server: Server, host: string, port: number, setting: string): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new ListenError(explain(error as NodeJS.ErrnoException, host, port, setting), { cause: error });
  }
  return (server.address() as AddressInfo).port;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number, setting: string): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is taken; end the program that has it, or set ${setting} to another port`;
    case "EACCES":
      return `port ${port} on ${host} may not be used by this user; set ${setting} to a port above 1023`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is not an address of this machine; set HOST to one that is`;
    default:
      return `cannot listen on ${host}:${port}: ${error.message}`;
  }
}

/** How long requests that are under way have to finish when a server closes. */
const CLOSE_GRACE_MS = 1_000;

/** Stops a server: requests under way may finish, then what is left is cut. Resolves when its port is free. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  const forceClose = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(forceClose);
}
