import type { ClientId } from "@crosspod/protocol";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LENGTH = 8;

/** Makes a client id [W6]; `random` gives a number from 0 up to 1. */
export const newClientId = (random: () => number): ClientId =>
  Array.from({ length: LENGTH }, () => ALPHABET.charAt(Math.floor(random() * ALPHABET.length))).join("");

const WORD_VALUES = 2 ** 32;

/** A number from 0 up to 1 that nobody can guess: two pages must never make the same client id. */
export function secureRandom(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word / WORD_VALUES;
}
