import { formatDuration } from "../format/duration.ts";
import { type CheckContext, CheckFailure } from "./check.ts";

type Cause = readonly [cause: string, fix: string];

const NO_UPGRADE: Cause = [
  "something in between does not pass the Upgrade header on",
  "have the proxy pass WebSockets; in a mesh, name the Service's port http",
];
const OTHER: Cause = ["something in between does not pass WebSockets", "see to the proxies in front of the service"];

/** What a status says of why there is no WebSocket. */
const CAUSES: Readonly<Record<number, Cause>> = {
  200: NO_UPGRADE,
  400: NO_UPGRADE,
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

/** Says how long a WebSocket handshake took. Rejects when it was refused, and says why. */
export async function upgrade({ target, signal }: CheckContext, path: string): Promise<string> {
  const { status, headers, milliseconds } = await target.handshake(path, signal);
  if (status === 101) return `101 in ${formatDuration(milliseconds)}`;
  const [cause, fix] = CAUSES[status] ?? OTHER;
  const by = headers.server ? `, by ${headers.server}` : "";
  throw new CheckFailure(`the WebSocket handshake was answered with ${status}${by}`, cause, fix);
}
