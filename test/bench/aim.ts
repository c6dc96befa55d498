import { printTable } from "../helpers/table.ts";

/** Something that a service should reach; undefined where it could not be measured. */
export interface Aim {
  readonly text: string;
  readonly measured: string;
  readonly isMet: boolean | undefined;
}

/** Prints each aim with what was measured and whether that meets it. */
export function printAims(aims: readonly Aim[]): void {
  console.log("\nAims");
  printTable(aims.map(({ text, measured, isMet }) => [text, measured, verdict(isMet)]));
}

const verdict = (isMet: boolean | undefined): string => {
  if (isMet === undefined) return "unknown";
  return isMet ? "met" : "MISSED";
};
