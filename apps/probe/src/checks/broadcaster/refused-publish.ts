import { fail, type Outcome } from "../../check.ts";

/** What a status says of why an update was not taken [B3]. */
const CAUSES: Readonly<Record<number, readonly [cause: string, fix: string]>> = {
  401: ["the service asks for the token of its API_TOKEN", "give it with --token"],
  403: ["the gateway or ALLOWED_ORIGINS refuses the request", "see to AuthorizationPolicy and ALLOWED_ORIGINS"],
  404: ["/api leads nowhere", "have the VirtualService match the prefix /, not the exact page"],
  422: ["the feed holds as many ids as MAX_IDS allows", "raise MAX_IDS"],
  503: ["the pods have no touch with Redis, or none is ready", "look at /readyz of the pods, and at Redis"],
};

/** An update was not taken. */
export function refusedPublish(status: number): Outcome {
  const [cause, fix] = CAUSES[status] ?? ["the service or the gateway failed", "look into the log of both"];
  return fail(`GET /api was answered with ${status}`, cause, fix);
}
