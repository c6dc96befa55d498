import type { Socket } from "node:net";

/** Connections in pairs: the end of one is the end of the other. */
export class ConnectionPairs {
  readonly #sockets = new Set<Socket>();

  add(one: Socket, other: Socket): void {
    this.#tie(one, other);
    this.#tie(other, one);
  }

  /** Cuts all of them. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #tie(socket: Socket, other: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => other.destroy());
    socket.on("close", () => {
      this.#sockets.delete(socket);
      other.destroy();
    });
  }
}
