import type { HttpReply, Target } from "./target.ts";

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
  const headers: Record<string, string> = target.token ? { Authorization: `Bearer ${target.token}` } : {};
  const sentAt = performance.now();
  const reply = await target.request(`/api?${new URLSearchParams({ id, value })}`, signal, { headers });
  const { revision, pod } = fieldsOf(reply);
  return {
    status: reply.status,
    revision: typeof revision === "number" ? revision : undefined,
    pod: typeof pod === "string" ? pod : undefined,
    sentAt,
  };
}

/** The fields of a JSON object; none of anything else. */
export function fieldsOf({ body }: Pick<HttpReply, "body">): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
