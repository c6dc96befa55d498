/** Where the probe writes to. */
export interface Output {
  /** One line of the report. */
  line(text: string): void;
  /** One line beside the report: what went wrong with the command itself. */
  error(text: string): void;
  /** What goes on now: on a terminal a line that the next one takes the place of, elsewhere nothing. */
  progress(text: string): void;
  /** Whether it is a terminal. If not, progress is a line now and then. */
  readonly isTerminal: boolean;
}

const ERASE_LINE = "\r\u001b[2K";

/** Writes to the streams of a process. */
export function processOutput({ stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr">): Output {
  const erase = stdout.isTTY ? ERASE_LINE : "";
  return {
    line: (text) => stdout.write(`${erase}${text}\n`),
    error: (text) => stderr.write(`${text}\n`),
    progress: (text) => {
      if (stdout.isTTY) stdout.write(`${ERASE_LINE}${text.slice(0, stdout.columns - 1)}`);
    },
    isTerminal: stdout.isTTY === true,
  };
}

/** Leaves the standard output to a document, and says beside it what goes on. */
export const besideDocument = (output: Output): Output => ({
  ...output,
  line: output.error,
  progress: () => {},
  isTerminal: false,
});
