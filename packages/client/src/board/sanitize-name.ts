import { MAX_NAME_LENGTH } from "@crosspod/protocol";

/**
 * The name of a person as the service takes it [W11]: without control characters, without white space at its ends or
 * twice in a row, cut between characters where it is too long. Empty when nothing is left.
 */
export const sanitizeName = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, MAX_NAME_LENGTH)
    // Half of a character that did not fit.
    .replace(/\p{Cs}$/u, "")
    .trim();
