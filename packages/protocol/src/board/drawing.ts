import { isRecord } from "../json.ts";

/** One segment as the original example's client has it: coordinates are shares of its window, 0 to 1 [W12]. */
export interface Drawing {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** A CSS colour: one of {@link DRAWING_COLORS} by name, or `#rrggbb`. */
  readonly color: string;
}

/** The five colours of the original example, by their CSS names. */
export const DRAWING_COLORS: Readonly<Record<string, string>> = {
  black: "000000",
  red: "ff0000",
  green: "008000",
  blue: "0000ff",
  yellow: "ffff00",
};

/**
 * Reads a `drawing` event; undefined when it is malformed. Shares a little outside of 0 to 1, as a pen that leaves the
 * window makes, are brought back in.
 */
export function parseDrawing(json: unknown): Drawing | undefined {
  if (!isRecord(json)) return undefined;
  const { x0, y0, x1, y1, color } = json;
  if (!isShare(x0) || !isShare(y0) || !isShare(x1) || !isShare(y1)) return undefined;
  if (typeof color !== "string" || drawingColor(color) === undefined) return undefined;
  return { x0: clamp(x0), y0: clamp(y0), x1: clamp(x1), y1: clamp(y1), color };
}

/** The six digits of a colour that `drawing` events name; undefined when it is none. */
export function drawingColor(color: string): string | undefined {
  if (Object.hasOwn(DRAWING_COLORS, color)) return DRAWING_COLORS[color];
  const digits = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
  return digits?.toLowerCase();
}

const isShare = (json: unknown): json is number => typeof json === "number" && json >= -1 && json <= 2;
const clamp = (share: number): number => Math.min(1, Math.max(0, share));
