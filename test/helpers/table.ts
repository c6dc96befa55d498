/** Prints rows for a terminal, in columns; the first row is the header. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

/** A number of bytes in a unit of so many; `?` where it could not be read. */
export const inUnits = (bytes: number | undefined, unit: number): string =>
  bytes === undefined ? "?" : (bytes / unit).toFixed(1);
