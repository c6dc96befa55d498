import { type Check, type CheckContext, fail, type Outcome, pass } from "../../check.ts";
import { counted } from "../../counted.ts";
import { cookiePath, Packet, PollingSession } from "../../polling-session.ts";
import { joinRequest, podOfReply } from "./join.ts";

/** Requests of one session, each over a connection of its own. */
const REQUESTS = 30;

/** A session of long polling stays on one pod: by a cookie of the gateway's, where there are more than one [W1]. */
export const longPolling: Check = {
  name: "long polling",
  needs: ["upgrade"],
  async run(context) {
    const session = await PollingSession.open(context.target, context.signal);
    if (!session) {
      return fail(
        "no session could be opened",
        "the gateway does not route plain HTTP to /socket.io/, or the server allows WebSocket only",
        "have the VirtualService match the prefix /",
      );
    }
    const statuses = await requestsOf(session, context);
    const lost = statuses.filter((status) => status !== 200);
    return lost.length === 0 ? staysOnOne(session, context) : scattered(session, lost, context);
  },
};

/** Joins a board, as a page does, and goes on with requests that ask for nothing. */
async function requestsOf(session: PollingSession, context: CheckContext): Promise<number[]> {
  const statuses: number[] = [];
  const connected = await ask(session, Packet.connect, statuses);
  if (connected && !context.findings.isOriginal) {
    const join = `${Packet.event}0${JSON.stringify(["join", joinRequest(context.board)])}`;
    notePod(await ask(session, join, statuses), context);
  }
  while (statuses.length < REQUESTS) statuses.push((await session.send(Packet.noop)).status);
  await session.send(Packet.close);
  return statuses;
}

/** Sends a packet and, if it was taken, polls for the answer; undefined when there is none. If it was not, the session's pod has nothing to say and would keep the poll waiting. */
async function ask(
  session: PollingSession,
  packet: string,
  statuses: number[],
): Promise<readonly string[] | undefined> {
  const { status } = await session.send(packet);
  statuses.push(status);
  if (status !== 200) return undefined;
  const polled = await session.poll();
  statuses.push(polled.status);
  return polled.status === 200 ? polled.packets : undefined;
}

function notePod(packets: readonly string[] | undefined, { findings }: CheckContext): void {
  const ack = packets?.find((packet) => packet.startsWith(Packet.ack));
  const pod = podOfReply(jsonOf(ack?.slice(Packet.ack.length + 1)));
  if (pod !== undefined) findings.pods.add(pod);
}

/** The one argument of an acknowledgement. */
function jsonOf(text = ""): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return Array.isArray(json) ? json[0] : undefined;
  } catch {
    return undefined;
  }
}

function staysOnOne({ cookies }: PollingSession, { findings }: CheckContext): Outcome {
  const all = `${REQUESTS} of ${REQUESTS} requests of a session reached its pod`;
  if (cookies.length > 0) return pass(`${all}, by the cookie ${cookies[0]}`);
  return pass(`${all}, without a cookie: ${findings.pods.size > 1 ? "by the client's address?" : "there is one pod"}`);
}

function scattered({ cookies }: PollingSession, lost: readonly number[], { findings }: CheckContext): Outcome {
  const statuses = [...new Set(lost)].join(" and ");
  const reached = findings.pods.size > 1 ? `; the requests reached ${counted(findings.pods.size, "pod")}` : "";
  const figure = `lost its session: ${lost.length} of ${REQUESTS} requests answered ${statuses}${reached}`;
  const [cookie] = cookies;
  if (cookie === undefined) {
    return fail(
      figure,
      "the gateway set no cookie, so each request goes to any pod",
      "is the DestinationRule wb-dr applied, with httpCookie name: io, path: / and ttl: 0s? Without ttl Istio makes no cookie",
    );
  }
  const path = cookiePath(cookie);
  return fail(
    figure,
    `the cookie ${cookie} did not keep the session on one pod`,
    path === "/"
      ? "did pods come or go meanwhile, or is there another balancer behind this one?"
      : "is the DestinationRule wb-dr applied, with path: /? A browser sends the cookie back below its path only",
  );
}
