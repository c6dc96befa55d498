import { BoardEvent } from "@crosspod/protocol";
import { EventClient } from "../../clients/event-client.ts";
import { codeOfReply, joinRequest } from "../../clients/join.ts";
import { type Check, fail, pass } from "../check.ts";
import { lacksBoards } from "./lacks-boards.ts";

/** Wrong input is refused with a code, and changes nothing [W2] [W9]. */
export const wrongBoardInput: Check = {
  name: "wrong input",
  needs: ["upgrade"],
  async run({ target, findings, board, signal }) {
    if (findings.isOriginal) return lacksBoards("it sends on whatever it is sent");
    using client = await EventClient.open(target, signal);
    const replies = [
      await client.refusalOf("c"),
      await client.ask(BoardEvent.join, joinRequest("no board name!")),
      await client.join(board),
      await client.refusalOf("?"),
    ];
    const codes = replies.map(codeOfReply);
    if (`${codes}` === "not-joined,bad-board-name,,malformed") return pass("3 kinds refused, each with its code");
    return fail(
      `the answers were ${codes.map((code) => code ?? "no refusal").join(", ")}`,
      "the server is of another version than the probe, or something in between changes messages",
      "run the same version of both",
    );
  },
};
