/** Says a number of things: `1 pod`, `3 pods`. */
export const pluralize = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
