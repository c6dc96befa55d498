import type { IncomingHttpHeaders } from "node:http";
import { type CheckContext, CheckFailure } from "../check.ts";
import { formatDuration } from "../duration.ts";

/** Says how long a WebSocket handshake took. Rejects when it was refused, and says why. */
export async function upgrade({ target, signal }: CheckContext, path: string): Promise<string> {
  const handshake = await target.handshake(path, signal);
  if (!("ws" in handshake)) throw refusedUpgrade(handshake);
  handshake.ws.close();
  return `101 in ${formatDuration(handshake.milliseconds)}`;
}

/** What a status says of why there is no WebSocket. */
const CAUSES: Readonly<Record<number, readonly [cause: string, fix: string]>> = {
  200: [
    "something in between does not pass the Upgrade header on",
    "have the proxy pass WebSockets; in a mesh, name the Service's port http",
  ],
  401: ["something in between asks for credentials", "let the WebSocket's path pass without them"],
  403: [
    "the gateway or a proxy forbids upgrades, or ALLOWED_ORIGINS does not list this page",
    "allow WebSockets there (AuthorizationPolicy, firewall), or correct ALLOWED_ORIGINS",
  ],
  404: ["the path leads nowhere", "have the VirtualService match the prefix /, not the exact page"],
  426: ["the gateway speaks another version of HTTP than the upgrade needs", "let it speak HTTP/1.1 to the pods"],
  502: ["the gateway does not reach the pod", "see to the pods and to the Service's port"],
  503: ["no pod is ready, or it has as many clients as it may", "look at /readyz, and at MAX_CONNECTIONS"],
};

const OTHER = ["something in between does not pass WebSockets", "see to the proxies in front of the service"] as const;

function refusedUpgrade({ status, headers }: { status: number; headers: IncomingHttpHeaders }): CheckFailure {
  const [cause, fix] = CAUSES[status] ?? (status === 400 ? (CAUSES[200] ?? OTHER) : OTHER);
  const by = headers.server ? `, by ${headers.server}` : "";
  return new CheckFailure(`the WebSocket handshake was answered with ${status}${by}`, cause, fix);
}
