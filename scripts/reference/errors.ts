import { CLOSE_TEXTS } from "@crosspod/protocol";
import { PROBLEMS } from "@crosspod/service";
import { HANDSHAKE_FAILURES } from "../../apps/whiteboard/src/server/transport/socket-server.ts";
import {
  BOARD_EXPLANATIONS,
  CLOSE_EXPLANATIONS,
  type Explanation,
  FIELD_EXPLANATIONS,
  PROBLEM_EXPLANATIONS,
} from "./explanations.ts";
import { page, table } from "./markdown.ts";

/** What one code means to those who get it from one place. */
interface Entry extends Explanation {
  readonly code: string;
  readonly place: string;
  /** What comes with it: a status, or words. */
  readonly sent: string;
}

const INTRO = `Codes are stable, for programs. Each has a heading below, with what it means and what to do.

- **HTTP**: an error is a problem document (RFC 9457), \`application/problem+json\`.
  Its \`type\` is \`urn:crosspod:problem:CODE\`, and its \`detail\` a sentence for a person.
- **Fields of \`/api\`**: the problem document also has \`errors\`: the \`field\`, its \`code\`, \`detail\`, and the \`limit\` that was passed.
  The status is 400 for a query, and for a body that is no JSON or no UTF-8. It is 413 for a body that is too long.
  It is 422 for JSON that is not as it should be.
- **Board**: the reply to an event is \`{"error": {"code", "detail"}}\`; what is wrong with operations comes as the event \`refused\`.
  [The board's protocol](board-protocol.md#errors) says more.
- **Close**: the broadcaster closes a WebSocket with a code and a reason.
- **socket.io**: engine.io refuses requests to \`/socket.io/\` in its own form, \`{"code":1,"message":"Session ID unknown"}\`.
  A WebSocket handshake gets 400, and the message as text.

What cannot be read as HTTP gets a bare 400, 408 or 431. The admin port answers errors as text.`;

/** What engine.io means by its messages, in the order of its codes. */
const HANDSHAKES: readonly Explanation[] = [
  { meaning: "The query names no transport that there is.", remedy: "Use `websocket` or `polling`." },
  {
    meaning: "The pod does not have this session: another one has it, or it has ended.",
    remedy: "Connect again. Where it happens all the time, have the balancer keep a session on one pod.",
  },
  { meaning: "A session does not begin with a `GET`.", remedy: "Use a client of socket.io." },
  {
    meaning:
      "The request is not what its session or its transport needs, such as a WebSocket that asks for no upgrade.",
    remedy: "Use a client of socket.io, and let proxies pass `Upgrade` on.",
  },
  { meaning: "A rule of engine.io refuses the request.", remedy: "Use a client of socket.io." },
  { meaning: "`EIO` in the query is not 4.", remedy: "Use a client of socket.io 3 or newer." },
];

const entriesOf = <C extends string | number>(
  place: string,
  explanations: Readonly<Record<C, Explanation>>,
  sent: (code: C) => string,
): Entry[] =>
  Object.entries<Explanation>(explanations).map(([code, explanation]) => {
    return { code, place, sent: sent(code as C), ...explanation };
  });

/** Most closes say nothing. */
const closeTexts: Readonly<Record<number, string>> = CLOSE_TEXTS;

const ENTRIES: readonly Entry[] = [
  ...entriesOf("HTTP", PROBLEM_EXPLANATIONS, (code) => `HTTP ${PROBLEMS[code].status}`),
  ...entriesOf("Fields of `/api`", FIELD_EXPLANATIONS, () => "Field of `/api`"),
  ...entriesOf("Board", BOARD_EXPLANATIONS, () => "Board"),
  ...entriesOf("Close", CLOSE_EXPLANATIONS, (code) =>
    closeTexts[code] === undefined ? "Close" : `Close, "${closeTexts[code]}"`,
  ),
  ...HANDSHAKE_FAILURES.map((message, index) => {
    const explanation = HANDSHAKES[index];
    if (!explanation) throw new Error(`engine.io's "${message}" is not explained`);
    const sent = `socket.io, code ${index}, "${message}"`;
    return { code: message.toLowerCase().replaceAll(" ", "-"), place: "socket.io", sent, ...explanation };
  }),
];

/** docs/reference/errors.md: every code. */
export function errors(): string {
  const places = [...new Set(ENTRIES.map(({ place }) => place))];
  const links = (place: string): string =>
    ENTRIES.filter((entry) => entry.place === place)
      .map(({ code }) => `[${code}](#${code})`)
      .join(", ");
  const codes = [...new Set(ENTRIES.map(({ code }) => code))].sort();
  return page(
    "Errors",
    INTRO,
    table(
      ["where", "codes"],
      places.map((place) => [place, links(place)]),
    ),
    ...codes.map(section),
  );
}

const section = (code: string): string =>
  [
    `## ${code}`,
    ...ENTRIES.filter((entry) => entry.code === code).map(
      ({ sent, meaning, remedy }) => `**${sent}**: ${meaning}\n\nWhat to do: ${remedy}`,
    ),
  ].join("\n\n");
