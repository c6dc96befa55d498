const FIN_TEXT = 0x81;

/** One whole, unmasked text message as it goes over the wire, from server to client (RFC 6455, section 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = headerOf(length);
  // Memory of its own: a frame may be kept for long, and would keep the pool that it shared with others.
  const frame = Buffer.allocUnsafeSlow(header.length + length);
  frame.set(header);
  frame.write(text, header.length);
  return frame;
}

function headerOf(length: number): readonly number[] {
  if (length < 126) return [FIN_TEXT, length];
  if (length <= 0xffff) return [FIN_TEXT, 126, length >> 8, length & 0xff];
  return [FIN_TEXT, 127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
}
