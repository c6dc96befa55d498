import type { Explanation } from "./explanation.ts";

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
export const FIELD_ERRORS = {
  missing: { meaning: "The field is not there, or the body is empty.", remedy: "Send `id` and `value`." },
  empty: {
    meaning: "The field is empty or only white space, or the array has no update.",
    remedy: "Send at least one character that is not white space, and at least one update.",
  },
  repeated: { meaning: "The query names the field more than once.", remedy: "Name it once." },
  "too-long": {
    meaning: "The field, or the whole body, is longer than `limit`.",
    remedy: "Shorten the field, or split the body. `MAX_BODY_BYTES` sets the limit of a body.",
  },
  "too-many": {
    meaning: "The body has more than `limit` updates, or the feed would hold more than `limit` ids.",
    remedy: "Split the body, or use ids that the feed holds. `MAX_IDS` sets the limit of ids.",
  },
  "control-characters": {
    meaning: "The field contains a control character, such as a line break.",
    remedy: "Leave control characters out.",
  },
  "not-unicode": { meaning: "The field, or the body, is not well-formed UTF-8.", remedy: "Encode the text as UTF-8." },
  "wrong-type": {
    meaning: "The field is not a string, or the update is not an object.",
    remedy: 'Put id and value in quotes: `{"id":"8","value":"300"}`.',
  },
  "bad-json": { meaning: "The body is not JSON.", remedy: "Send one update, or an array of updates, as JSON." },
} as const satisfies Record<string, Explanation>;

export type FieldErrorCode = keyof typeof FIELD_ERRORS;

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
