import type { Socket as Connection } from "engine.io";

/** A broadcast that is framed for WebSockets once for all clients (RFC 6455, section 5.2), by the adapter. */
interface BroadcastOptions {
  readonly wsPreEncodedFrame?: Buffer[];
}

/**
 * Lets a connection write the frame of a broadcast to its socket itself, while nothing waits there: past engine.io and
 * ws, whose bookkeeping for each frame costs more than all else but the write. All else goes their way, in its order.
 */
export function writeBroadcastsDirectly(connection: Connection): void {
  const write = connection.write.bind(connection);
  connection.write = (data, options, callback) => {
    const frame = (options as BroadcastOptions | undefined)?.wsPreEncodedFrame;
    if (frame && !callback && takesMore(connection)) {
      connection.request.socket.write(joined(frame));
      return connection;
    }
    return write(data, options, callback);
  };
}

/** Whether it began as a WebSocket, so that the socket of its request is its own, and has taken all that was sent. */
function takesMore({ transport, upgraded, readyState, request }: Connection): boolean {
  if (transport.name !== "websocket" || upgraded || readyState !== "open" || !transport.writable) return false;
  return request.socket.writable && request.socket.writableLength === 0;
}

/** The adapter has a frame's head and its text apart. They are joined by whoever is first, for all. */
function joined(frame: Buffer[]): Buffer {
  if (frame.length > 1) frame.splice(0, frame.length, Buffer.concat(frame));
  return frame[0] ?? Buffer.alloc(0);
}
