// One locale for all, so that two browsers side by side show the same order.
const collator = new Intl.Collator("en", { numeric: true });

/** Compares ids as a person sorts them: 2 before 10, b2 before b10. Only equal texts are equal. */
export function compareIds(a: string, b: string): number {
  const order = collator.compare(a, b);
  if (order !== 0 || a === b) return order;
  return a < b ? -1 : 1;
}

/** Where an id belongs among sorted ids: the index of the first one that comes after it. */
export function insertionIndex(sorted: readonly string[], id: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareIds(sorted[middle] ?? "", id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
