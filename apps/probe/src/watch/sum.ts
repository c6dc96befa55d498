/** Adds up a number of each. */
export const sum = <T>(all: readonly T[], numberOf: (one: T) => number): number =>
  all.reduce((total, one) => total + numberOf(one), 0);
