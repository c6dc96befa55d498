import { parseJson, textIn, valueIn } from "../clients/json.ts";
import type { Target } from "../clients/target.ts";
import { CheckFailure } from "./check.ts";

/** The one id of the probe's own. */
export const PROBE_ID = "crosspod-probe";

/** What `/api` said to an update that it took. */
export interface Published {
  /** Undefined from the original example's server, which says nothing. */
  readonly revision: number | undefined;
  readonly pod: string | undefined;
  /** When the request was made, by `performance.now()`. */
  readonly sentAt: number;
}

/** What a status says of why an update was not taken [B3]. */
const CAUSES: Readonly<Record<number, readonly [cause: string, fix: string]>> = {
  401: ["the service asks for the token of its API_TOKEN", "give it with --token"],
  403: ["the gateway or ALLOWED_ORIGINS refuses the request", "see to AuthorizationPolicy and ALLOWED_ORIGINS"],
  404: ["/api leads nowhere", "have the VirtualService match the prefix /, not the exact page"],
  422: ["the feed holds as many ids as MAX_IDS allows", "raise MAX_IDS"],
  503: ["the pods have no touch with Redis, or none is ready", "look at /readyz of the pods, and at Redis"],
};

/** Publishes one update as a person does with curl [B1]. Rejects when it is not taken, or when there is no answer. */
export async function publish(target: Target, id: string, value: string, signal: AbortSignal): Promise<Published> {
  const sentAt = performance.now();
  const path = `/api?${new URLSearchParams({ id, value })}`;
  const { status, body } = await target.request(path, signal, { headers: target.apiHeaders });
  if (status !== 200) {
    const [cause, fix] = CAUSES[status] ?? ["the service or the gateway failed", "look into the log of both"];
    throw new CheckFailure(`GET /api was answered with ${status}`, cause, fix);
  }
  const json = parseJson(body);
  const revision = valueIn(json, "revision");
  return { revision: typeof revision === "number" ? revision : undefined, pod: textIn(json, "pod"), sentAt };
}
