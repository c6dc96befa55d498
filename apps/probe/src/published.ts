import { parseJson, textIn, valueIn } from "./json.ts";
import type { Target } from "./target.ts";

/** What `/api` said to an update. */
export interface Published {
  readonly status: number;
  /** Undefined from the original example's server, which says nothing. */
  readonly revision: number | undefined;
  readonly pod: string | undefined;
  /** When the request was made, by `performance.now()`. */
  readonly sentAt: number;
}

/** Publishes one update as a person does with curl [B1]. Rejects when there is no answer. */
export async function publish(target: Target, id: string, value: string, signal: AbortSignal): Promise<Published> {
  const sentAt = performance.now();
  const reply = await target.request(`/api?${new URLSearchParams({ id, value })}`, signal, {
    headers: target.apiHeaders,
  });
  const json = parseJson(reply.body);
  const revision = valueIn(json, "revision");
  return {
    status: reply.status,
    revision: typeof revision === "number" ? revision : undefined,
    pod: textIn(json, "pod"),
    sentAt,
  };
}
