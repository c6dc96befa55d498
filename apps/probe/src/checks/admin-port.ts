import type { HttpReply, Target } from "../clients/target.ts";
import type { Service } from "../service.ts";
import { Deadline } from "../timing/deadline.ts";
import { type Check, type CheckContext, fail, pass, skip } from "./check.ts";

const ADMIN_PATHS = ["/metrics", "/healthz", "/readyz", "/version"] as const;

/** The default ports of the services [A1]. */
const ADMIN_PORTS: Readonly<Record<Service, number>> = { broadcaster: 8889, whiteboard: 3001 };

/** How long an admin port may be silent until it counts as closed. */
const SILENCE_MS = 2_000;

/** The admin port is not for everybody: neither beside the service's port nor below its address [A1]. */
export const adminPort: Check = {
  name: "admin port",
  needs: ["reachable"],
  async run(context) {
    const { target } = context;
    const leaked = await adminPathsOf(target, context);
    if (leaked.length > 0) {
      return fail(
        `${leaked.join(", ")} answer at the public address`,
        "the gateway routes the admin port, or the service serves it",
        "route the service's port only; the admin port is the one after it",
      );
    }
    const ports = adminPortsOf(context);
    const open = await Promise.all(ports.map((port) => adminPathsOf(target.atPort(port), context)));
    const answering = ports.filter((_, index) => open[index]?.length);
    if (answering.length === 0) return pass(`no admin path at the address, nor at ${portList(ports)}`);
    const found = `${[...new Set(open.flat())].join(", ")} answer at ${portList(answering)}`;
    if (target.isLoopback) return skip(`${found}, but to this very machine they may: look from another one`);
    return fail(
      found,
      "the admin port can be reached from outside",
      "take it out of the Service that the gateway or the load balancer exposes, and add a NetworkPolicy",
    );
  },
};

/** The port after the one that was named, and the service's own: a gateway's port is another one than the service's. */
function adminPortsOf({ target: { url }, findings }: CheckContext): number[] {
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const own = findings.service === undefined ? [] : [ADMIN_PORTS[findings.service]];
  return [...new Set([port + 1, ...own])].filter((candidate) => candidate <= 65_535);
}

const portList = (ports: readonly number[]): string => `port${ports.length > 1 ? "s" : ""} ${ports.join(" and ")}`;

/** Those that something answers which looks like an admin port. */
async function adminPathsOf(target: Target, { signal }: CheckContext): Promise<string[]> {
  using sooner = new Deadline(SILENCE_MS, signal);
  const replies = ADMIN_PATHS.map((path) => target.request(path, sooner.signal).catch(() => undefined));
  const answers = await Promise.all(replies);
  return ADMIN_PATHS.filter((_, index) => isAdmin(answers[index]));
}

const isAdmin = (reply: HttpReply | undefined): boolean =>
  reply !== undefined &&
  reply.status === 200 &&
  (/^# (HELP|TYPE) /m.test(reply.body) || /"name":"crosspod-/.test(reply.body) || reply.body.trim() === "ok");
