/**
 * One thing that is wrong with a request: the field, what is wrong with it, and the limit that it passed, if it is one.
 */
export interface FieldError {
  /** `id`, `value`, `body`, or a path into a batch: `[3].id`. */
  readonly field: string;
  readonly code: FieldErrorCode;
  /** One sentence for a person; names the field and the limit. */
  readonly detail: string;
  readonly limit?: number;
}

/** What can be wrong with one field of a request [B3]. The codes are stable, for programs. */
export type FieldErrorCode =
  | "missing"
  | "empty"
  | "repeated"
  | "too-long"
  | "too-many"
  | "control-characters"
  | "not-unicode"
  | "wrong-type"
  | "bad-json";

/** A problem document: the body of every error reply, sent as `application/problem+json` (RFC 9457). */
export interface Problem {
  /** `urn:crosspod:problem:CODE`; `CODE` is stable and meant for programs. */
  readonly type: string;
  readonly title: string;
  /** The HTTP status, again. */
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

/** Either a value or what is wrong with the input that it was to be made of. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: FieldError };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });

export const refused = (error: FieldError) => ({ ok: false, error }) as const;
