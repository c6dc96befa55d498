import { BoardEvent, type JoinRequest, type Reply } from "@crosspod/protocol";
import type { Submission } from "../store/board-store.ts";
import { type Arguments, parseCursor, parseJoin, parseName, parseSubmission, refuse } from "./message-arguments.ts";
import type { BoardMember, OpenBoard } from "./open-board.ts";

/** Gives the answer to a message: what it asked for, or why not. */
export type Answer = (reply: Reply<unknown>) => void;

/** What a message can ask of its session. */
interface Session extends BoardMember {
  readonly board: OpenBoard | undefined;
  join(request: JoinRequest, answer: Answer): Promise<void>;
  submit(board: OpenBoard, submission: Submission, answer: Answer): Promise<void>;
}

type Receive = (session: Session, args: Arguments, answer: Answer) => Promise<void> | void;

/** A kind of message that a client may send. */
interface MessageKind {
  /** In small messages; 1 where it is not said. */
  readonly cost?: number;
  /** Undefined for those that only a client of the original example may send. */
  readonly receive?: Receive;
}

/** What joining costs, in small messages: the answer can be a whole board. */
const JOIN_COST = 10;

/** All kinds of messages, by their events: what each costs, how it is read, and what it asks for. */
export const messageKinds: ReadonlyMap<string, MessageKind> = new Map(
  Object.entries<MessageKind>({
    [BoardEvent.join]: {
      cost: JOIN_COST,
      receive(session, args, answer) {
        const request = parseJoin(args);
        return "error" in request ? answer(request) : session.join(request.ok, answer);
      },
    },
    [BoardEvent.operations]: {
      receive: onBoard(parseSubmission, (board, submission, session, answer) =>
        session.submit(board, submission, answer),
      ),
    },
    [BoardEvent.cursor]: {
      receive: onBoard(parseCursor, (board, point, session, answer) => {
        board.moveCursor(session, point);
        answer({ ok: {} });
      }),
    },
    [BoardEvent.name]: {
      receive: onBoard(parseName, (board, name, session, answer) => {
        board.introduce(session, name);
        answer({ ok: { name } });
      }),
    },
    [BoardEvent.alive]: { receive: (_session, _args, answer) => answer({ ok: {} }) },
    [BoardEvent.drawing]: {},
  }),
);

/** Of a message about the board that the session is on. */
function onBoard<T>(
  parse: (args: Arguments) => Reply<T>,
  act: (board: OpenBoard, parsed: T, session: Session, answer: Answer) => Promise<void> | void,
): Receive {
  return (session, args, answer) => {
    if (!session.board) return answer(refuse("not-joined", "join a board first"));
    const parsed = parse(args);
    return "error" in parsed ? answer(parsed) : act(session.board, parsed.ok, session, answer);
  };
}
