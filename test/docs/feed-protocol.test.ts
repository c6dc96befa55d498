import {
  CLIENT_MESSAGE_WINDOW_SECONDS,
  FEED_PROTOCOL,
  MAX_BATCH_UPDATES,
  MAX_CLIENT_MESSAGE_BYTES,
  MAX_CLIENT_MESSAGES,
  MAX_ID_LENGTH,
  MAX_VALUE_LENGTH,
  parseFeedMessage,
  STATE_REQUEST,
} from "@crosspod/protocol";
import { expect, test } from "vitest";
import { CLOSE_EXPLANATIONS } from "../../scripts/reference/explanations.ts";
import { FeedSocket, type Received } from "../helpers/feed/feed-socket.ts";
import { publish } from "../helpers/feed/publisher.ts";
import { startBroadcaster } from "../helpers/feed/running-broadcaster.ts";
import { Page } from "./pages.ts";

const page = new Page("docs/reference/feed-protocol.md");

const examplesOf = (sender: string): string[] =>
  page.code.flatMap(({ info, text }) => (info[0] === "json" && info[1] === sender ? [text] : []));

const kindOf = (message: object): string => ("type" in message ? `${message.type}` : "update");

test("[B5] [B7] [B8] [B12] the examples of what the service sends are messages of the feed", () => {
  const messages = examplesOf("server").map((text) => parseFeedMessage(text));
  expect(messages.map((message) => message && kindOf(message))).toEqual(["update", "hello", "state", "leaving"]);
  expect(messages[1]).toMatchObject({ protocol: FEED_PROTOCOL });
  expect(examplesOf("client")).toEqual([STATE_REQUEST]);
});

test("[B5] [B7] [B8] the service sends messages with the documented fields", async () => {
  await using broadcaster = await startBroadcaster();
  await publish(broadcaster.url, "8", "300");
  using client = await FeedSocket.open(broadcaster.url, "hello=1");
  await client.untilValue("8", "300");
  client.ws.send(STATE_REQUEST);
  const find = (kind: string): Received | undefined => client.received.find((message) => kindOf(message) === kind);
  await expect.poll(() => find("state")).toBeDefined();
  for (const [kind, heading] of Object.entries({ update: "Update", hello: "Hello", state: "State" })) {
    const fields = page.tableBehind(heading).map(({ field }) => field);
    const example = examplesOf("server").map((text) => JSON.parse(text));
    for (const message of [find(kind), example.find((one) => kindOf(one) === kind)]) {
      expect(Object.keys(message).sort()).toEqual(fields.sort());
    }
  }
});

test("[B2] [B3] [B11] the limits are those of the code", () => {
  expect(page.tableBehind("Limits").map(({ value }) => value)).toEqual([
    `${MAX_ID_LENGTH}`,
    `${MAX_VALUE_LENGTH}`,
    MAX_BATCH_UPDATES.toLocaleString("en"),
    MAX_CLIENT_MESSAGE_BYTES.toLocaleString("en"),
    `${MAX_CLIENT_MESSAGES} in ${CLIENT_MESSAGE_WINDOW_SECONDS} s`,
  ]);
});

test("[B11] [B12] the closes are those of the code, but for the client's own", () => {
  const codes = page.tableBehind("Closes").flatMap(({ code }) => code?.split(", ") ?? []);
  expect(codes.sort()).toEqual(Object.keys(CLOSE_EXPLANATIONS).filter((code) => code !== "1000"));
});
