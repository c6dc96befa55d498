import { BoardEvent, type JoinRequest, type Reply } from "@crosspod/protocol";
import type { Submission } from "../store/board-store.ts";
import type { BoardMember } from "./board-context.ts";
import type { OpenBoard } from "./open-board.ts";
import { type Arguments, parseCursor, parseJoin, parseName, parseSubmission, refuse } from "./parse-message.ts";

/** Gives the answer to a message: what it asked for, or why not. */
export type Answer = (reply: Reply<unknown>) => void;

/** What a message can ask of its session. */
interface Session extends BoardMember {
  readonly board: OpenBoard | undefined;
  join(request: JoinRequest, answer: Answer): Promise<void>;
  submit(board: OpenBoard, submission: Submission, answer: Answer): Promise<void>;
}

/** A kind of message that a client may send. */
interface MessageKind {
  /** In small messages; 1 where it is not said. */
  readonly cost?: number;
  /** Undefined for those that only a client of the original example may send. */
  readonly receive?: (session: Session, args: Arguments, answer: Answer) => Promise<void> | void;
}

/** What joining costs, in small messages: the answer can be a whole board. */
const JOIN_COST = 10;

/** All kinds of messages, by their events: what each carries, how it is checked, and what it asks for. */
export const messageKinds: ReadonlyMap<string, MessageKind> = new Map<string, MessageKind>([
  [
    BoardEvent.join,
    {
      cost: JOIN_COST,
      async receive(session, args, answer) {
        const request = parseJoin(args);
        if ("error" in request) answer(request);
        else await session.join(request.ok, answer);
      },
    },
  ],
  [
    BoardEvent.operations,
    {
      async receive(session, args, answer) {
        if (!session.board) return answer(notJoined);
        const submission = parseSubmission(args);
        if ("error" in submission) answer(submission);
        else await session.submit(session.board, submission.ok, answer);
      },
    },
  ],
  [BoardEvent.alive, { receive: (_session, _args, answer) => answer({ ok: {} }) }],
  [
    BoardEvent.cursor,
    {
      receive(session, args, answer) {
        if (!session.board) return answer(notJoined);
        const cursor = parseCursor(args);
        if ("ok" in cursor) session.board.moveCursor(session, cursor.ok);
        answer("ok" in cursor ? { ok: {} } : cursor);
      },
    },
  ],
  [
    BoardEvent.name,
    {
      receive(session, args, answer) {
        if (!session.board) return answer(notJoined);
        const name = parseName(args);
        if ("ok" in name) session.board.introduce(session, name.ok);
        answer("ok" in name ? { ok: { name: name.ok } } : name);
      },
    },
  ],
  [BoardEvent.drawing, {}],
]);

const notJoined = refuse("not-joined", "join a board first");
