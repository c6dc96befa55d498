import { BOARD_CLIENT_QUERY } from "@crosspod/protocol";
import { FrameReader } from "../../frame-reader.ts";
import { openWebSocket, type RawWebSocket, READ_BUFFER_BYTES } from "../../raw-web-socket.ts";

const QUERY = new URLSearchParams({ EIO: "4", transport: "websocket", ...BOARD_CLIENT_QUERY });
const PATH = `/socket.io/?${QUERY}`;

/** Packets of Engine.IO 4 and Socket.IO 5, as the texts of WebSocket messages. */
const OPEN = "0";
const CONNECT = "40";
const EVENT = "42";
const ACKNOWLEDGEMENT = "43";

const DIGIT_0 = 48;
const DIGIT_9 = 57;

/** All sockets share it: what is read is handed over at once. */
const buffer = Buffer.alloc(READ_BUFFER_BYTES);

/** What a socket does with what comes: events and replies as they are on the wire, valid during the call only. */
export interface PacketListener {
  onEvent(packet: Buffer): void;
  onAcknowledgement(packet: Buffer): void;
}

/**
 * A socket.io connection over WebSocket that does next to nothing: it writes packets as text and takes apart only what
 * it is told to. It answers no ping: what lasts longer than the server's ping interval and timeout together loses it.
 */
export class PacketSocket {
  readonly #socket: RawWebSocket;
  #acknowledgements = 0;

  private constructor(socket: RawWebSocket) {
    this.#socket = socket;
  }

  /** Resolves when the server has taken it into the main namespace. */
  static async open(port: number, listener: PacketListener): Promise<PacketSocket> {
    const reader = new FrameReader();
    let connected: () => void = () => {};
    const connection = new Promise<void>((resolve) => {
      connected = resolve;
    });
    let opened: () => void = () => {};
    const opening = new Promise<void>((resolve) => {
      opened = resolve;
    });
    reader.inspect = (packet) => {
      const type = packet.toString("latin1", 0, 2);
      if (type === EVENT) listener.onEvent(packet);
      else if (type === ACKNOWLEDGEMENT) listener.onAcknowledgement(packet);
      else if (type === CONNECT) connected();
      else if (type.startsWith(OPEN)) opened();
    };
    const socket = await openWebSocket({ port, path: PATH, buffer, read: (bytes) => void reader.read(bytes) });
    await opening;
    socket.send(CONNECT);
    await connection;
    return new PacketSocket(socket);
  }

  /** @param args JSON of the event's name and what comes with it, without the brackets. */
  emit(args: string): void {
    this.#socket.send(`${EVENT}[${args}]`);
  }

  /** The same; asks for an acknowledgement. */
  emitWithAcknowledgement(args: string): void {
    this.#socket.send(`${EVENT}${this.#acknowledgements++}[${args}]`);
  }

  close(): void {
    this.#socket.close();
  }
}

/** The whole number that begins at a place of a packet. */
export function numberAt(packet: Buffer, at: number): number {
  let number = 0;
  for (let index = at; index < packet.length; index += 1) {
    const digit = packet[index] ?? 0;
    if (digit < DIGIT_0 || digit > DIGIT_9) break;
    number = number * 10 + digit - DIGIT_0;
  }
  return number;
}
