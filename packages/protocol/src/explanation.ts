/** What an error's code means, and what to do about it, in sentences: the reference of the errors prints them. */
export interface Explanation {
  readonly meaning: string;
  readonly remedy: string;
}
