const TEXT = 0x1;

/** Counts the text messages in a server's stream by their headers (RFC 6455, section 5.2). */
export class FrameReader {
  /** Called with the payload of each text message while it is set. The bytes are valid during the call only. */
  inspect: ((payload: Buffer) => void) | undefined;
  /** All that was read. */
  bytes = 0;
  #opcode = 0;
  #headerBytes = 0;
  #lengthBytesLeft = 0;
  #lengthSoFar = 0;
  #payloadLeft = 0;
  /** What came of a message before, copied. */
  #payload: Buffer[] | undefined;

  /** Returns how many text messages ended in these bytes, which it does not keep. */
  read(bytes: Buffer): number {
    this.bytes += bytes.length;
    let messages = 0;
    let at = 0;
    while (at < bytes.length) {
      if (this.#payloadLeft === 0) {
        this.#readHeader(bytes[at] ?? 0);
        at += 1;
        continue;
      }
      const end = Math.min(at + this.#payloadLeft, bytes.length);
      this.#payloadLeft -= end - at;
      if (this.#payloadLeft > 0) this.#payload?.push(Buffer.from(bytes.subarray(at, end)));
      else if (this.#endMessage(bytes, at, end)) messages += 1;
      at = end;
    }
    return messages;
  }

  #readHeader(byte: number): void {
    if (this.#headerBytes === 0) {
      this.#opcode = byte & 0x0f;
      this.#headerBytes = 1;
    } else if (this.#headerBytes === 1) {
      this.#readShortLength(byte & 0x7f);
    } else {
      this.#readLongLength(byte);
    }
  }

  #readShortLength(length: number): void {
    if (length < 126) return this.#beginPayload(length);
    this.#headerBytes = 2;
    this.#lengthBytesLeft = length === 126 ? 2 : 8;
    this.#lengthSoFar = 0;
  }

  #readLongLength(byte: number): void {
    this.#lengthSoFar = this.#lengthSoFar * 256 + byte;
    this.#lengthBytesLeft -= 1;
    if (this.#lengthBytesLeft === 0) this.#beginPayload(this.#lengthSoFar);
  }

  #beginPayload(length: number): void {
    this.#headerBytes = 0;
    this.#payloadLeft = length;
    this.#payload = this.inspect && [];
  }

  #endMessage(bytes: Buffer, start: number, end: number): boolean {
    if (this.#opcode !== TEXT) return false;
    if (!this.#payload) return true;
    const last = bytes.subarray(start, end);
    this.inspect?.(this.#payload.length === 0 ? last : Buffer.concat([...this.#payload, last]));
    return true;
  }
}
