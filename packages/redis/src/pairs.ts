/** The fields and values of a hash, which Redis gives as one list. */
export function pairs(list: readonly string[]): [field: string, value: string][] {
  return Array.from({ length: list.length / 2 }, (_, index) => [list[2 * index] ?? "", list[2 * index + 1] ?? ""]);
}
