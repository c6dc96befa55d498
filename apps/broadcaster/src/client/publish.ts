import type { FieldError, Problem, Update } from "@crosspod/protocol";

/** How long to wait for a reply before the update counts as not confirmed. */
const REPLY_TIMEOUT_MS = 15_000;

/** What became of an update that was sent. */
export type PublishResult =
  /** It is committed. The original example's server does not say as which revision. */
  | { readonly kind: "committed"; readonly revision: number | undefined }
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
    const json = parseJson(await response.text());
    if (response.ok) return { kind: "committed", revision: revisionOf(json) };
    const { detail, errors = [] } = isProblem(json) ? json : { detail: `the server answered ${response.status}` };
    if (response.status === 401) return { kind: "unauthorized", detail };
    return { kind: "refused", detail, errors };
  } catch {
    return { kind: "unreachable" };
  }
}

/** Undefined for what is no JSON object: the original example's server answers with nothing. */
function parseJson(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

const revisionOf = (json: object | undefined): number | undefined =>
  json && "revision" in json && typeof json.revision === "number" ? json.revision : undefined;

/** A problem document can come from a gateway too; only the errors of ours name fields. */
const isProblem = (json: object | undefined): json is Pick<Problem, "detail" | "errors"> =>
  json !== undefined &&
  "detail" in json &&
  typeof json.detail === "string" &&
  (!("errors" in json) || Array.isArray(json.errors));
