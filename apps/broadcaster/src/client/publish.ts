import { type FieldError, isRecord, type JsonRecord, type Problem, parseRecord, type Update } from "@crosspod/protocol";

/** How long to wait for a reply before the update counts as not confirmed. */
const REPLY_TIMEOUT_MS = 15_000;

/** What became of an update that was sent. */
export type PublishResult =
  /** It is appended. The original example's server does not say as which revision. */
  | { readonly kind: "appended"; readonly revision: number | undefined }
  /** The service asks for a token, or for another one. */
  | { readonly kind: "unauthorized"; readonly detail: string }
  | { readonly kind: "refused"; readonly detail: string; readonly errors: readonly FieldError[] }
  | { readonly kind: "unreachable" };

/** Publishes one update by `GET /api`, the one way that the original example's server knows too [B1]. Never rejects. */
export async function publish({ id, value }: Update, token: string | undefined): Promise<PublishResult> {
  try {
    const response = await fetch(`/api?${new URLSearchParams({ id, value })}`, {
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      cache: "no-store",
      signal: AbortSignal.timeout(REPLY_TIMEOUT_MS),
    });
    const json = parseRecord(await response.text());
    if (response.ok) return { kind: "appended", revision: revisionOf(json) };
    const { detail, errors = [] } = isProblem(json) ? json : { detail: `the server answered ${response.status}` };
    if (response.status === 401) return { kind: "unauthorized", detail };
    return { kind: "refused", detail, errors };
  } catch {
    return { kind: "unreachable" };
  }
}

/** Undefined where there is none: the original example's server answers with nothing. */
const revisionOf = (json: JsonRecord | undefined): number | undefined =>
  typeof json?.revision === "number" ? json.revision : undefined;

/** A problem document can come from a gateway too; only the errors of ours name fields. */
const isProblem = (json: unknown): json is Pick<Problem, "detail" | "errors"> =>
  isRecord(json) && typeof json.detail === "string" && (!("errors" in json) || Array.isArray(json.errors));
