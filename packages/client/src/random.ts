const WORD_VALUES = 2 ** 32;

/** A number from 0 up to 1 that nobody can guess: two pages must never make the same client id. */
export function secureRandom(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word / WORD_VALUES;
}
