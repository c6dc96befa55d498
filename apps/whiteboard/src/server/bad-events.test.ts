import {
  BOARD_PROTOCOL,
  type BoardError,
  type BoardErrorCode,
  MAX_BOARD_NAME_LENGTH,
  MAX_ITEM_POINTS,
  MAX_JOINED_CLIENTS,
  MAX_MESSAGE_LENGTH,
  MAX_MESSAGE_OPERATIONS,
  MAX_NAME_LENGTH,
  MAX_REMOVED_ITEMS,
} from "@crosspod/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { EventSocket, type Transport } from "../../../../test/helpers/board/event-socket.ts";
import { type RunningWhiteboard, startWhiteboard } from "../../../../test/helpers/board/running-whiteboard.ts";
import { pointText } from "../../../../test/helpers/board/strokes.ts";
import { DEADLINE_MS } from "../../../../test/helpers/deadline.ts";
import { readMetric } from "../../../../test/helpers/service/metrics.ts";

const MALLORY = "mallory0";
const GOOD_JOIN = { protocol: BOARD_PROTOCOL, board: "default", clients: [MALLORY], name: "Mallory" };

/** What is wrong, the event and its arguments, and what the reply must say. */
type WrongEvent = readonly [what: string, event: string, args: readonly unknown[], code: BoardErrorCode, more?: More];

/** What an error has besides its code and its detail. */
interface More {
  readonly limit?: number;
  readonly clientSeq?: number;
  readonly next?: number;
}

const clientsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `${10_000_000 + index}`);
const join = (change: Record<string, unknown>): readonly unknown[] => [{ ...GOOD_JOIN, ...change }];
const knowing = (change: Record<string, unknown>) => join({ known: { epoch: "e", seq: 0, token: "abcd", ...change } });
const operations = (text: unknown): readonly unknown[] => [MALLORY, 1, text];
const boardName = { limit: MAX_BOARD_NAME_LENGTH };
const clientList = { limit: MAX_JOINED_CLIENTS };

const WRONG_EVENTS: readonly WrongEvent[] = [
  ["a join without arguments", "join", [], "malformed"],
  ["a join with null", "join", [null], "malformed"],
  ["a join with a string", "join", ["default"], "malformed"],
  ["a join with a number", "join", [7], "malformed"],
  ["a join with an array", "join", [["default"]], "outdated"],
  ["a join with binary", "join", [Buffer.from("default")], "outdated"],
  ["a join without a protocol", "join", join({ protocol: undefined }), "outdated"],
  ["a join of the protocol before", "join", join({ protocol: BOARD_PROTOCOL - 1 }), "outdated"],
  ["a join of the protocol to come", "join", join({ protocol: BOARD_PROTOCOL + 1 }), "outdated"],
  ["a join of a protocol in quotes", "join", join({ protocol: `${BOARD_PROTOCOL}` }), "outdated"],
  ["a join of the release before", "join", [{ board: "default", client: MALLORY, name: "M" }], "outdated"],
  ["a join without a board", "join", join({ board: undefined }), "bad-board-name", boardName],
  ["an empty board name", "join", join({ board: "" }), "bad-board-name", boardName],
  ["a board name that is a number", "join", join({ board: 7 }), "bad-board-name", boardName],
  ["a board name with a slash", "join", join({ board: "a/b" }), "bad-board-name", boardName],
  ["a board name that begins with a dash", "join", join({ board: "-a" }), "bad-board-name", boardName],
  ["a board name of a prototype", "join", join({ board: "__proto__" }), "bad-board-name", boardName],
  ["a board name that is too long", "join", join({ board: "a".repeat(65) }), "bad-board-name", boardName],
  ["a board name with an umlaut", "join", join({ board: "ä" }), "bad-board-name", boardName],
  ["a board name with a line break", "join", join({ board: "a\n" }), "bad-board-name", boardName],
  ["a join without clients", "join", join({ clients: undefined }), "malformed", clientList],
  ["a join of no client", "join", join({ clients: [] }), "malformed", clientList],
  ["clients that are a string", "join", join({ clients: MALLORY }), "malformed", clientList],
  ["clients that are an object", "join", join({ clients: { length: 1, 0: MALLORY } }), "malformed", clientList],
  ["a client twice", "join", join({ clients: [MALLORY, MALLORY] }), "malformed", clientList],
  ["too many clients", "join", join({ clients: clientsOf(MAX_JOINED_CLIENTS + 1) }), "malformed", clientList],
  ["a client that is too short", "join", join({ clients: ["mallory"] }), "malformed", clientList],
  ["a client that is too long", "join", join({ clients: ["mallory01"] }), "malformed", clientList],
  ["a client of other characters", "join", join({ clients: ["mallory!"] }), "malformed", clientList],
  ["a client that is an array", "join", join({ clients: [[MALLORY]] }), "malformed", clientList],
  ["a wrong client behind a good one", "join", join({ clients: [MALLORY, null] }), "malformed", clientList],
  ["a join without a name", "join", join({ name: undefined }), "bad-name"],
  ["an empty name", "join", join({ name: "" }), "bad-name"],
  ["a name of white space", "join", join({ name: " \t" }), "bad-name"],
  ["a name that is too long", "join", join({ name: "m".repeat(33) }), "bad-name", { limit: MAX_NAME_LENGTH }],
  ["a name with a line break", "join", join({ name: "Mal\nlory" }), "bad-name"],
  ["a name with half of a surrogate pair", "join", join({ name: "\ud83d" }), "bad-name"],
  ["a name that is an object", "join", join({ name: { toString: "x" } }), "bad-name"],
  ["a known position that is null", "join", join({ known: null }), "malformed"],
  ["a known position that is a string", "join", join({ known: "e 0 abcd" }), "malformed"],
  ["a known epoch that is a number", "join", knowing({ epoch: 7 }), "malformed"],
  ["a known epoch that is too long", "join", knowing({ epoch: "e".repeat(65) }), "malformed"],
  ["a known position without an epoch", "join", knowing({ epoch: undefined }), "malformed"],
  ["a known position without a number", "join", knowing({ seq: undefined }), "malformed"],
  ["a known position without a token", "join", knowing({ token: undefined }), "malformed"],
  ["a known token that is a number", "join", knowing({ token: 7 }), "malformed"],
  ["a known token that is too long", "join", knowing({ token: "t".repeat(65) }), "malformed"],
  ["a known sequence number below 0", "join", knowing({ seq: -1 }), "malformed"],
  ["a known sequence number with a fraction", "join", knowing({ seq: 0.5 }), "malformed"],
  ["a known sequence number in quotes", "join", knowing({ seq: "1" }), "malformed"],
  ["a known sequence number that is not exact", "join", knowing({ seq: 2 ** 53 }), "malformed"],

  ["operations without arguments", "o", [], "malformed"],
  ["operations of nobody", "o", [null, 1, "c"], "malformed"],
  ["operations of an object", "o", [{}, 1, "c"], "malformed"],
  ["operations from 0", "o", [MALLORY, 0, "c"], "malformed"],
  ["operations from below 0", "o", [MALLORY, -1, "c"], "malformed"],
  ["operations from a fraction", "o", [MALLORY, 1.5, "c"], "malformed"],
  ["operations from a number in quotes", "o", [MALLORY, "1", "c"], "malformed"],
  ["operations from no number", "o", [MALLORY, Number.NaN, "c"], "malformed"],
  ["operations from a number that is not exact", "o", [MALLORY, 1e300, "c"], "malformed"],
  ["no text of operations", "o", operations(undefined), "malformed"],
  ["operations that are an object", "o", operations({ type: "clear" }), "malformed"],
  ["operations that are binary", "o", operations(Buffer.from("c")), "malformed"],
  ["an empty text of operations", "o", operations(""), "malformed"],
  ["an operation that is none", "o", operations("x1"), "malformed"],
  ["a put without its fields", "o", operations("p"), "malformed"],
  ["a put with a field too few", "o", operations("p1,ff0000,w,AAAA"), "malformed"],
  ["a put with a field too many", "o", operations("p1,ff0000,w,,AAAA,"), "malformed"],
  ["a put with an id of capitals", "o", operations("pABC,ff0000,w,,AAAA"), "malformed"],
  ["a put with a colour that is none", "o", operations("p1,red,w,,AAAA"), "malformed"],
  ["a put with markup for a colour", "o", operations("p1,<b>,w,,AAAA"), "malformed"],
  ["a put without a width", "o", operations("p1,ff0000,,,AAAA"), "malformed"],
  ["a put that is too wide", "o", operations("p1,ff0000,rt,,AAAA"), "malformed"],
  ["a put with a place below 1", "o", operations("p1,ff0000,w,0,AAAA"), "malformed"],
  ["a put without points", "o", operations("p1,ff0000,w,,"), "malformed"],
  ["a put with half a point", "o", operations("p1,ff0000,w,,AAA"), "malformed"],
  ["a put with an unfinished number", "o", operations("p1,ff0000,w,,AAAg"), "malformed"],
  ["a put with a number that is too long", "o", operations("p1,ff0000,w,,AggggggA"), "malformed"],
  ["a put with points of other characters", "o", operations("p1,ff0000,w,,A A!"), "malformed"],
  ["an append without points", "o", operations("a1"), "malformed"],
  ["an append with pressure for two numbers", "o", operations("a1,!AA"), "malformed"],
  ["a remove of nothing", "o", operations("r"), "malformed"],
  ["a remove of something that is no id", "o", operations("r1,,2"), "malformed"],
  ["a clear with more", "o", operations("c1"), "malformed"],
  ["a list that ends with its mark", "o", operations("c;"), "malformed"],
  ["one wrong operation behind a good one", "o", operations("c;p1"), "malformed"],
  [
    "a text that is too long",
    "o",
    operations("A".repeat(MAX_MESSAGE_LENGTH + 1)),
    "message-too-long",
    { limit: MAX_MESSAGE_LENGTH },
  ],
  [
    "a text of many bytes that is too long",
    "o",
    operations("€".repeat(MAX_MESSAGE_LENGTH + 1)),
    "message-too-long",
    { limit: MAX_MESSAGE_LENGTH },
  ],
  [
    "too many operations",
    "o",
    operations(`c${";c".repeat(MAX_MESSAGE_OPERATIONS)}`),
    "too-many-operations",
    { limit: MAX_MESSAGE_OPERATIONS },
  ],
  [
    "a remove of too many items",
    "o",
    operations(`r1${",1".repeat(MAX_REMOVED_ITEMS)}`),
    "too-many-items",
    { limit: MAX_REMOVED_ITEMS },
  ],
  [
    "an item of too many points",
    "o",
    operations(`p1,ff0000,w,,${pointText(MAX_ITEM_POINTS + 1)}`),
    "too-many-points",
    { limit: MAX_ITEM_POINTS, clientSeq: 1 },
  ],
  ["a number that leaves a gap", "o", [MALLORY, 7, "c"], "gap", { clientSeq: 7, next: 1 }],
  ["a thousand arguments", "o", Array.from({ length: 1_000 }, () => [[]]), "malformed"],

  ["a cursor with one coordinate", "c", [1], "malformed"],
  ["a cursor beside the board", "c", [16_001, 1], "malformed"],
  ["a cursor above the board", "c", [1, -1], "malformed"],
  ["a cursor between the steps of the grid", "c", [1.5, 1], "malformed"],
  ["a cursor in quotes", "c", ["1", "1"], "malformed"],
  ["a cursor that is an object", "c", [{ x: 1, y: 1 }], "malformed"],

  ["no new name", "name", [], "bad-name"],
  ["a new name that is too long", "name", ["m".repeat(33)], "bad-name", { limit: MAX_NAME_LENGTH }],
  ["a new name that is an array", "name", [["Mallory"]], "bad-name"],

  ["an event that there is not", "nothing", [1], "malformed"],
  ["an event with the name of an error", "error", [1], "malformed"],
  ["an event with the name of a property", "__proto__", [1], "malformed"],
  ["an event with no name", "", [1], "malformed"],
  ["an event of the server", "head", [{ epoch: "e", seq: 1 }], "malformed"],
  ["a refusal of the server", "refused", [MALLORY, { code: "gap", detail: "a detail" }], "malformed"],
  ["an event of the protocol before", "since", ["e", 1], "malformed"],
  ["an event of the original example", "drawing", [{ x0: 0, y0: 0, x1: 1, y1: 1, color: "red" }], "malformed"],
];

describe.each<Transport>(["websocket", "polling"])("[W9] wrong events over %s", (transport) => {
  let whiteboard: RunningWhiteboard;
  let bert: EventSocket;
  let watcher: EventSocket;
  let mallory: EventSocket;
  let n = 0;

  beforeAll(async () => {
    whiteboard = await startWhiteboard({ MAX_MESSAGES_PER_SECOND: "1000" });
    bert = await EventSocket.open(whiteboard.url, transport);
    watcher = await EventSocket.open(whiteboard.url, transport);
    mallory = await EventSocket.open(whiteboard.url, transport);
    await bert.join({ clients: ["bert-000"] });
    await watcher.join({ clients: ["watcher0"] });
  });

  afterAll(async () => {
    bert[Symbol.dispose]();
    watcher[Symbol.dispose]();
    mallory[Symbol.dispose]();
    await whiteboard[Symbol.asyncDispose]();
  });

  beforeEach(() => mallory.join(GOOD_JOIN));

  /** Nobody else has noticed anything: what one draws the other sees, and nothing else. */
  const othersGoOn = async (): Promise<void> => {
    watcher.received.length = 0;
    n += 1;
    const text = `p${n.toString(36)},ff0000,w,,AAAA`;
    await bert.store("bert-000", n, text);
    await watcher.untilTrue("what was drawn", () => watcher.all("o").length > 0);
    expect(watcher.operations).toMatchObject([{ client: "bert-000", clientSeq: n }]);
    expect(watcher.all("refused")).toEqual([]);
  };

  /** What is said to who sent it: of operations by an event, of all else by the reply. */
  const refusalOf = async (event: string, args: readonly unknown[]): Promise<BoardError> => {
    if (event !== "o") return mallory.refusal(event, ...args);
    const refused = mallory.refused();
    mallory.socket.emit("o", ...args);
    const { client, error } = await refused;
    expect(client).toBe(args[0] === MALLORY ? MALLORY : "");
    return error;
  };

  const refused = (code: BoardErrorCode): Promise<number> =>
    readMetric(whiteboard.adminUrl, `crosspod_board_refused_total{code="${code}"}`);

  const cases = WRONG_EVENTS.map(([what, event, args, code, more = {}]) => ({ what, event, args, code, more }));

  test.each(cases)("$what gets its error, and nobody else notices", async ({ event, args, code, more }) => {
    const before = await refused(code);
    const { detail, ...rest } = await refusalOf(event, args);
    const clientSeq = event === "o" && Number.isFinite(args[1]) ? { clientSeq: args[1] } : {};
    expect(rest).toEqual({ code, ...clientSeq, ...more });
    expect(detail).toMatch(/^[^\n]{10,120}$/);
    expect(await refused(code)).toBe(before + 1);
    await othersGoOn();
  });

  test.each(cases)("$what is counted where no reply was asked for", async ({ event, args, code }) => {
    const before = await refused(code);
    mallory.socket.emit(event, ...args);
    // What comes later is answered later: the event was handled by then.
    expect(await mallory.ok("name", "Mallory")).toEqual({ name: "Mallory" });
    await vi.waitFor(async () => expect(await refused(code)).toBe(before + 1), DEADLINE_MS);
  });

  test.each([
    ["c", 1, 1],
    ["name", "Mallory"],
  ])("[W9] %s before a join is refused as not-joined", async (event, ...args) => {
    using stranger = await EventSocket.open(whiteboard.url, transport);
    expect(await stranger.refusal(String(event), ...args)).toMatchObject({ code: "not-joined" });
    await othersGoOn();
  });

  test("[W9] operations before a join are refused as not-joined", async () => {
    using stranger = await EventSocket.open(whiteboard.url, transport);
    stranger.socket.emit("o", MALLORY, 3, "c");
    expect(await stranger.refused()).toMatchObject({ client: MALLORY, error: { code: "not-joined", clientSeq: 3 } });
    await othersGoOn();
  });

  test.each([
    { page: "an older page", protocol: BOARD_PROTOCOL - 1, words: /older than the service: reload it/ },
    { page: "a page that names none", protocol: undefined, words: /older than the service: reload it/ },
    { page: "a newer page", protocol: BOARD_PROTOCOL + 1, words: /newer than the service, which is being updated/ },
  ])("[W14] $page is told so in words, and that what was drawn is kept", async ({ protocol, words }) => {
    const { detail } = await mallory.refusal("join", { ...GOOD_JOIN, protocol });
    expect(detail).toMatch(words);
    expect(detail).toContain("kept");
  });

  test("[W9] one that is refused a join stays where it was", async () => {
    mallory.received.length = 0;
    await mallory.refusal("join", { ...GOOD_JOIN, board: "/" });
    await othersGoOn();
    await mallory.untilTrue("what others draw", () => mallory.all("o").length > 0);
  });

  test("[W9] of a message that is malformed nothing is stored", async () => {
    mallory.socket.emit("o", MALLORY, 1, "c;p1");
    await mallory.refused();
    expect(await mallory.join(GOOD_JOIN)).toMatchObject({ clientSeqs: [0] });
  });

  test("[W6] what is before a refused operation is stored, what follows is not", async () => {
    await mallory.join({ ...GOOD_JOIN, board: "other" });
    const tooLong = `p2,ff0000,w,,${pointText(MAX_ITEM_POINTS + 1)}`;
    mallory.socket.emit("o", MALLORY, 1, `p1,ff0000,w,,AAAA;${tooLong};c`);
    const { client, error } = await mallory.refused();
    expect([client, error]).toMatchObject([MALLORY, { code: "too-many-points", clientSeq: 2 }]);
    expect(await mallory.join({ ...GOOD_JOIN, board: "other" })).toMatchObject({ clientSeqs: [1], seq: 1 });
  });

  test("[W9] more arguments than there are to be change nothing", async () => {
    const more = Array.from({ length: 1_000 }, () => ({}));
    expect(await mallory.ok("join", GOOD_JOIN, ...more)).toMatchObject({ pod: "pod-a" });
    expect(await mallory.ok("c", 1, 1, ...more)).toEqual({});
    await othersGoOn();
  });

  test("[W11] markup in a name is text like any other", async () => {
    const name = "<img src=x onerror=1>";
    await mallory.join({ ...GOOD_JOIN, name });
    await watcher.until("the name", ([event, message]) => event === "people" && JSON.stringify(message).includes(name));
  });
});
