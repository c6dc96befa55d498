import { itemId } from "@crosspod/protocol";
import { connectRedisNode } from "@crosspod/redis";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { EventSocket } from "../../../../../test/helpers/board/event-socket.ts";
import { type RunningWhiteboard, startWhiteboard } from "../../../../../test/helpers/board/running-whiteboard.ts";
import { put } from "../../../../../test/helpers/board/strokes.ts";
import { DEADLINE_MS } from "../../../../../test/helpers/deadline.ts";
import { RedisCommands } from "../../../../../test/helpers/redis/redis-commands.ts";
import { readMetric } from "../../../../../test/helpers/service/metrics.ts";
import { channelName, parsePublished } from "../store/append-message.ts";

const ANNA = "anna-000";
const BERT = "bert-000";
const NAME = "fan-out";
const CHANNEL = channelName(`crosspod:${NAME}`, "default");

let redis: RedisCommands;

beforeAll(async () => {
  redis = await RedisCommands.start();
});

afterAll(() => redis[Symbol.asyncDispose]());

describe("two pods with one Redis", () => {
  let pods: RunningWhiteboard[];
  let anna: EventSocket;
  let bert: EventSocket;

  beforeEach(async () => {
    await redis.client.flushall();
    const environment = { REDIS_URL: redis.url, BOARDS_NAME: NAME, HEAD_SECONDS: "300" };
    pods = await Promise.all(["pod-a", "pod-b"].map((POD_NAME) => startWhiteboard({ ...environment, POD_NAME })));
    const [first, second] = pods.map(({ url }) => url);
    await vi.waitFor(async () => {
      for (const { adminUrl } of pods) expect(await readMetric(adminUrl, "crosspod_board_live")).toBe(1);
    }, DEADLINE_MS);
    anna = await EventSocket.open(first!, "websocket");
    bert = await EventSocket.open(second!, "websocket");
    await anna.join({ clients: [ANNA] });
    await bert.join({ clients: [BERT], name: "Bert" });
  });

  afterEach(async () => {
    anna[Symbol.dispose]();
    bert[Symbol.dispose]();
    await Promise.all(pods.map((pod) => pod[Symbol.asyncDispose]()));
  });

  test("[W7] each operation comes once to everyone, in the one order, whichever pod took it", async () => {
    for (let clientSeq = 1; clientSeq <= 20; clientSeq += 1) {
      anna.submit(ANNA, clientSeq, put(itemId(ANNA, clientSeq)));
      bert.submit(BERT, clientSeq, put(itemId(BERT, clientSeq)));
    }
    const order = Array.from({ length: 40 }, (_, index) => index + 1);
    for (const socket of [anna, bert]) {
      await socket.untilTrue("all", () => socket.operations.length >= 40);
      expect(socket.operations.map(({ seq }) => seq)).toEqual(order);
    }
    expect(
      anna
        .all("o")
        .map(([, text]) => text)
        .join(";"),
    ).toBe(
      bert
        .all("o")
        .map(([, text]) => text)
        .join(";"),
    );
    for (const { adminUrl } of pods) {
      for (const cause of ["gap", "lost-last", "fork", "new-epoch"]) {
        expect(await readMetric(adminUrl, `crosspod_board_log_reads_total{cause="${cause}"}`)).toBe(0);
      }
    }
  });

  test("[W7] an append is one message, which the store publishes: no pod sends one of its own for it", async () => {
    const messages: Buffer[] = [];
    const witness = connectRedisNode(redis.url, pino({ level: "silent" }));
    witness.on("smessageBuffer", (_channel: Buffer, message: Buffer) => messages.push(message));
    await witness.ssubscribe(CHANNEL);
    await anna.store(ANNA, 1, "c");
    await bert.store(BERT, 1, "c");
    const drawn = () => messages.filter((message) => message.includes('["o",')).map(parsePublished);
    await expect.poll(drawn).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    const received = 'crosspod_board_fan_out_messages_total{direction="received"}';
    for (const { adminUrl } of pods) expect(await readMetric(adminUrl, received)).toBeGreaterThanOrEqual(2);
    witness.disconnect();
  });

  test("[W7] what else is published to a board's channel changes nothing", async () => {
    await anna.store(ANNA, 1, "c");
    const { epoch, token } = await anna.join({ clients: [ANNA] });
    const broadcast = (data: string) =>
      `"uid":"log","nsp":"/","type":3,"data":{"opts":{},"packet":{"type":2,"data":${data}}}}`;
    const next = `{"log":"${epoch} ${token} othr 2",`;
    const messages = [
      "garbage",
      '{"log":"',
      `{"log":"a b c 5"}`,
      `${next}${broadcast('["o",2,null,2]')}`,
      `${next}${broadcast('["o",2,{"a":1},2]')}`,
      `${next}${broadcast('["o","2","x",2]')}`,
      '{"type":3,"nsp":"/","uid":"q"}',
      '{"type":4,"nsp":"/","uid":"q","data":{}}',
    ];
    for (const message of messages) await redis.client.spublish(CHANNEL, message);
    await anna.store(ANNA, 2, "c");
    await bert.store(BERT, 1, "c");
    expect((await bert.join({ clients: [BERT, ANNA] })).clientSeqs).toEqual([1, 2]);
  });

  test("[W11] the people and the pointers of one pod are seen on the other", async () => {
    await anna.until("Bert", ([event, message]) => event === "people" && JSON.stringify(message).includes('"Bert"'));
    bert.socket.emit("c", 12, 34);
    await anna.until("a pointer", ([event, text]) => event === "c" && text === `${bert.socket.id} 12 34`);
  });

  test("[W10] a board is subscribed to for as long as somebody is on it", async () => {
    const subscribers = () => redis.client.call("PUBSUB", "SHARDNUMSUB", CHANNEL);
    expect(await subscribers()).toEqual([CHANNEL, 2]);
    bert[Symbol.dispose]();
    await expect.poll(() => subscribers()).toEqual([CHANNEL, 1]);
    await anna.store(ANNA, 1, "c");
    anna[Symbol.dispose]();
    await expect.poll(() => subscribers()).toEqual([CHANNEL, 0]);
  });

  test("[W10] who comes back to the other pod has what was drawn meanwhile, and goes on", async () => {
    await anna.store(ANNA, 1, "c");
    const { epoch, seq, token } = await bert.join({ clients: [BERT] });
    bert[Symbol.dispose]();
    await anna.store(ANNA, 2, "c;c");
    bert = await EventSocket.open(pods[0]!.url, "websocket");
    const joined = await bert.join({ clients: [BERT, ANNA], known: { epoch, seq, token } });
    expect(joined).toMatchObject({ epoch, seq: 3, clientSeqs: [0, 3], pod: "pod-a" });
    expect([joined.items, joined.operations.split(";").length]).toEqual([undefined, 2]);
    await bert.store(BERT, 1, "c");
  });
});
