import { Writable } from "node:stream";
import type { Log } from "@crosspod/service";
import { pino } from "pino";

/** A log that keeps its lines, for a test to look at. */
export class LogLines {
  readonly lines: Record<string, unknown>[] = [];
  readonly log: Log;

  constructor() {
    const stream = new Writable({
      write: (line, _encoding, done) => {
        this.lines.push(JSON.parse(`${line}`));
        done();
      },
    });
    this.log = pino({ level: "trace", formatters: { level: (label) => ({ level: label }) } }, stream);
  }
}
