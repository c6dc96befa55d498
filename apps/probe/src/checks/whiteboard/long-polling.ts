import { BOARD_COOKIE, boardPath, DEFAULT_BOARD, SOCKET_PATH } from "@crosspod/protocol";
import type { Cookie } from "../../clients/cookie-jar.ts";
import { joinRequest, podOfReply } from "../../clients/join.ts";
import { parseJson, valueIn } from "../../clients/json.ts";
import { Packet, PollingSession } from "../../clients/polling-session.ts";
import { pluralize } from "../../format/pluralize.ts";
import { type Check, type CheckContext, fail, type Outcome, pass } from "../check.ts";

/** Requests of one session, each over a connection of its own. */
const REQUESTS = 30;

/** Requests without a cookie. If it is needed, all reach the right one of two pods in one of 1,000 runs only. */
const REQUESTS_WITHOUT = 10;

/** A session of long polling stays on one pod: by a cookie of the gateway's, or by the board's [W1] [W13]. */
export const longPolling: Check = {
  name: "long polling",
  needs: ["upgrade"],
  async run(context) {
    const page = boardPath(context.findings.isOriginal ? DEFAULT_BOARD : context.board);
    const session = await PollingSession.open(context.target, page, context.signal);
    if (!session) {
      return fail(
        "no session could be opened",
        "the gateway does not route plain HTTP to /socket.io/, or the server allows WebSocket only",
        "have the VirtualService match the prefix /",
      );
    }
    await useSession(session, context);
    const lost = session.statuses.filter((status) => status !== 200);
    const outcome = lost.length === 0 ? await staysOnOne(session, context) : lostSession(session, lost, context);
    await session.send(Packet.close);
    return outcome;
  },
};

/** Joins a board, as a page does, and goes on with requests that ask for nothing. */
async function useSession(session: PollingSession, { board, findings }: CheckContext): Promise<void> {
  const connected = await session.ask(Packet.connect);
  if (connected.length > 0 && !findings.isOriginal) {
    const packets = await session.ask(`${Packet.event}0${JSON.stringify(["join", joinRequest(board)])}`);
    const ack = packets.find((packet) => packet.startsWith(Packet.ack));
    // An acknowledgement has one argument.
    const pod = podOfReply(valueIn(parseJson(ack?.slice(Packet.ack.length + 1) ?? ""), 0));
    if (pod !== undefined) findings.pods.add(pod);
  }
  while (session.statuses.length < REQUESTS) await session.send(Packet.noop);
}

async function staysOnOne(session: PollingSession, { board, findings }: CheckContext): Promise<Outcome> {
  const all = `${REQUESTS} of ${REQUESTS} requests of a session reached its pod`;
  const cookie = await neededCookie(session);
  if (cookie && isOfBoard(cookie, board)) {
    return pass(`${all}, by the board's cookie ${cookie.header}: all people of a board meet on one pod`);
  }
  if (cookie) return pass(`${all}, by the cookie ${cookie.header}`);
  return pass(`${all}, without a cookie: ${findings.pods.size > 1 ? "by the client's address?" : "there is one pod"}`);
}

/** The cookie without which requests reach other pods. */
async function neededCookie(session: PollingSession): Promise<Cookie | undefined> {
  // Of several with one name a gateway takes the first.
  const sent = session.jar.for(SOCKET_PATH);
  const firsts = sent.filter(({ name }, index) => sent.findIndex((cookie) => cookie.name === name) === index);
  for (const cookie of firsts) {
    for (let request = 0; request < REQUESTS_WITHOUT; request += 1) {
      if (!(await session.send(Packet.noop, cookie.name))) return cookie;
    }
  }
  return undefined;
}

/** Whether the page has set it, and not the gateway. */
const isOfBoard = ({ name, value }: Cookie, board: string): boolean => name === BOARD_COOKIE && value === board;

function lostSession(session: PollingSession, lost: readonly number[], { board, findings }: CheckContext): Outcome {
  const statuses = [...new Set(lost)].join(" and ");
  const reached = findings.pods.size > 1 ? `; the requests reached ${pluralize(findings.pods.size, "pod")}` : "";
  const detail = `lost its session: ${lost.length} of ${REQUESTS} requests answered ${statuses}${reached}`;
  const cookie = session.jar.all.find((candidate) => !isOfBoard(candidate, board));
  if (cookie === undefined) {
    return fail(
      detail,
      "no gateway set a cookie, so each request goes to any pod",
      "is the DestinationRule wb-dr applied, with httpCookie name: io, path: / and ttl: 0s? Without ttl Istio makes no cookie. A Service without a mesh keeps no session: there only WebSocket works",
    );
  }
  return fail(
    detail,
    `the cookie ${cookie.header} did not keep the session on one pod`,
    cookie.path === "/"
      ? "did pods come or go meanwhile, or is there another balancer behind this one?"
      : "is the DestinationRule wb-dr applied, with path: /? A browser sends the cookie back below its path only",
  );
}
