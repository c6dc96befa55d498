const FIN_TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** One whole, unmasked text message as it goes over the wire, from server to client (RFC 6455, section 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = headerLength(length);
  // Memory of its own: a frame may be kept for long, and would keep the pool that it shared with others.
  const frame = Buffer.allocUnsafeSlow(header + length);
  frame[0] = FIN_TEXT;
  if (header === 2) {
    frame[1] = length;
  } else if (header === 4) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, header);
  return frame;
}

function headerLength(length: number): 2 | 4 | 10 {
  if (length < LENGTH_16) return 2;
  return length <= 0xffff ? 4 : 10;
}
