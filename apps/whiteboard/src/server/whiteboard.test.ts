import { once } from "node:events";
import { BoardEvent, encodeOperations, itemId, parseCommitted, parseItems } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { within } from "../../../../test/helpers/deadline.ts";
import { EventSocket, type Transport } from "../../../../test/helpers/event-socket.ts";
import { type RunningWhiteboard, startWhiteboard } from "../../../../test/helpers/running-whiteboard.ts";
import { append, put } from "../../../../test/helpers/strokes.ts";

const ANNA = "anna-000";
const BERT = "bert-000";
const STROKE = encodeOperations([put(`${ANNA}.1`), append(`${ANNA}.1`)], ANNA);

/** The operations that a client was sent, in the order in which they came. */
const operationsOf = (socket: EventSocket) =>
  socket.all(BoardEvent.operations).flatMap(([seq, text]) => parseCommitted(String(text), Number(seq)) ?? []);

describe.each<Transport>(["websocket", "polling"])("a whiteboard over %s", (transport) => {
  let whiteboard: RunningWhiteboard;
  const sockets: EventSocket[] = [];

  beforeEach(async () => {
    whiteboard = await startWhiteboard({ HEAD_SECONDS: "1" });
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket[Symbol.dispose]();
    await whiteboard[Symbol.asyncDispose]();
  });

  const open = async (): Promise<EventSocket> => {
    const socket = await EventSocket.open(whiteboard.url, transport);
    sockets.push(socket);
    return socket;
  };

  const openJoined = async (client: string, board = "default"): Promise<EventSocket> => {
    const socket = await open();
    await socket.join({ client, board, name: client });
    return socket;
  };

  test("[W6] an operation is acknowledged, and stored by then", async () => {
    const anna = await openJoined(ANNA);
    expect(await anna.ok("o", ANNA, 1, STROKE)).toEqual({ n: 2 });
    const { items } = await whiteboard.store.history("default");
    expect(parseItems(items ?? "")).toMatchObject([{ id: `${ANNA}.1`, z: 1 }]);
  });

  test("[W7] everyone on the board is sent each operation in its order, the one who made it too", async () => {
    const [anna, bert] = [await openJoined(ANNA), await openJoined(BERT)];
    for (let n = 1; n <= 20; n += 1) {
      anna.socket.emit("o", ANNA, n, encodeOperations([put(itemId(ANNA, n))], ANNA));
      bert.socket.emit("o", BERT, n, encodeOperations([put(itemId(BERT, n))], BERT));
    }
    for (const socket of [anna, bert]) {
      await socket.untilTrue("40 operations", () => operationsOf(socket).length === 40);
      expect(operationsOf(socket).map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    }
    expect(operationsOf(anna)).toEqual(operationsOf(bert));
    const own = operationsOf(anna).filter(({ client }) => client === ANNA);
    expect(own.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test("[W8] operations that come in one tick share a message", async () => {
    const anna = await openJoined(ANNA);
    const answers = Array.from({ length: 50 }, (_, index) =>
      anna.ok("o", ANNA, index + 1, encodeOperations([put(itemId(ANNA, index + 1))], ANNA)),
    );
    await Promise.all(answers);
    await anna.untilTrue("50 operations", () => operationsOf(anna).length === 50);
    expect(anna.all("o").length).toBeLessThan(10);
  });

  test("[W1] nobody is sent what happens on another board", async () => {
    const [anna, bert] = [await openJoined(ANNA, "one"), await openJoined(BERT, "two")];
    await anna.ok("o", ANNA, 1, STROKE);
    await bert.ok("o", BERT, 1, "c");
    await bert.until("an own operation", ([event]) => event === "o");
    expect(operationsOf(bert)).toMatchObject([{ client: BERT, seq: 1 }]);
  });

  test("[W1] who joins another board leaves the first", async () => {
    const [anna, bert] = [await openJoined(ANNA, "one"), await openJoined(BERT, "one")];
    await bert.join({ client: BERT, board: "two" });
    await anna.ok("o", ANNA, 1, STROKE);
    await bert.ok("o", BERT, 1, "c");
    await bert.until("an own operation", ([event]) => event === "o");
    expect(operationsOf(bert)).toHaveLength(1);
    expect(await whiteboard.store.head("two")).toMatchObject({ seq: 1 });
  });

  test("[W6] what comes again is acknowledged and not sent again", async () => {
    const [anna, bert] = [await openJoined(ANNA), await openJoined(BERT)];
    await anna.ok("o", ANNA, 1, STROKE);
    expect(await anna.ok("o", ANNA, 1, STROKE)).toEqual({ n: 2 });
    await bert.ok("o", BERT, 1, "c");
    await anna.untilTrue("the last", () => operationsOf(anna).length === 3);
    expect(operationsOf(anna).map(({ client }) => client)).toEqual([ANNA, ANNA, BERT]);
  });

  test("[W6] a connection can send what is left of another client", async () => {
    const bert = await openJoined(BERT);
    expect(await bert.ok("o", ANNA, 1, STROKE)).toEqual({ n: 2 });
  });

  test("[W10] who joins late gets the whole board, and how far it has come itself", async () => {
    const anna = await openJoined(ANNA);
    await anna.ok("o", ANNA, 1, STROKE);
    const again = await (await open()).join({ client: ANNA });
    expect(again).toMatchObject({ seq: 2, n: 2, pod: "pod-a", version: "0.0.0" });
    expect(parseItems(String(again.items))).toHaveLength(1);
    expect(again.operations).toBeUndefined();
  });

  test("[W10] who knows a part gets the rest, at its join and by since", async () => {
    const anna = await openJoined(ANNA);
    await anna.ok("o", ANNA, 1, STROKE);
    const { epoch } = await whiteboard.store.head("default");
    const joined = await (await open()).join({ client: BERT, epoch, seq: 1 });
    const since = await anna.ok("since", epoch, 1);
    for (const { operations, seq } of [joined, since]) {
      expect(seq).toBe(2);
      expect(parseCommitted(String(operations), 2)).toMatchObject([{ client: ANNA, n: 2, seq: 2 }]);
    }
    expect(await anna.ok("since", "another", 1)).toMatchObject({ seq: 2, items: expect.any(String) });
  });

  test("[W10] between the operations of a join and those that are sent is no gap, whatever is drawn meanwhile", async () => {
    const anna = await openJoined(ANNA);
    let n = 0;
    const draw = () => anna.ok("o", ANNA, ++n, encodeOperations([put(itemId(ANNA, n))], ANNA));
    await draw();
    const drawing = Promise.all(Array.from({ length: 30 }, draw));
    const bert = await open();
    const { seq } = await bert.join({ client: BERT });
    await drawing;
    await draw();
    await bert.untilTrue("the last", () => operationsOf(bert).some((operation) => operation.seq === n));
    const past = operationsOf(bert).filter((operation) => operation.seq > Number(seq));
    expect(past.map((operation) => operation.seq)).toEqual(
      Array.from({ length: n - Number(seq) }, (_, index) => Number(seq) + 1 + index),
    );
  });

  test("[W10] the head of a board is announced while it has viewers", async () => {
    const anna = await openJoined(ANNA);
    await anna.ok("o", ANNA, 1, STROKE);
    const { epoch } = await whiteboard.store.head("default");
    const [, head] = await anna.until("head", ([event, args]) => event === "head" && Object(args).seq === 2);
    expect(head).toEqual({ epoch, seq: 2 });
  });

  test("[W10] who asks whether anybody is there is answered, before a join, too", async () => {
    const anna = await openJoined(ANNA);
    using stranger = await EventSocket.open(whiteboard.url, transport);
    for (const one of [anna, stranger]) expect(await one.ok("alive")).toEqual({});
  });

  test("[W11] everyone hears who is here, who came and who left, and their names", async () => {
    const anna = await openJoined(ANNA);
    const bert = await openJoined(BERT);
    const heard = (...names: string[]) =>
      anna.until(names.join(), ([event, message]) => {
        const { people } = Object(message) as { people?: { name: string }[] };
        return event === "people" && people?.map(({ name }) => name).join() === names.join();
      });
    await heard(ANNA, BERT);
    expect(await bert.ok("name", "Berta")).toEqual({ name: "Berta" });
    await heard(ANNA, "Berta");
    bert.socket.disconnect();
    anna.received.length = 0;
    await heard(ANNA);
  });

  test("[W11] cursors of others are seen, and that one has left", async () => {
    const [anna, bert] = [await openJoined(ANNA), await openJoined(BERT)];
    const { id } = bert.socket;
    // A volatile message may be dropped while a poll is on its way; a page sends the next one soon.
    const send = setInterval(() => bert.socket.emit("c", 12, 34), 20);
    await anna.until("a cursor", (event) => event[0] === "c" && event[1] === `${id} 12 34`);
    clearInterval(send);
    const leave = setInterval(() => bert.socket.emit("c"), 20);
    await anna.until("no cursor", (event) => event[0] === "c" && event[1] === id);
    clearInterval(leave);
  });

  test("[W6] nothing that was acknowledged is lost when the server restarts and its store is kept", async () => {
    const anna = await openJoined(ANNA);
    await anna.ok("o", ANNA, 1, STROKE);
    const { epoch } = await whiteboard.store.head("default");
    const { port, store } = whiteboard;
    const connectedAgain = anna.connectedAgain();
    await whiteboard.service.close();
    whiteboard = await startWhiteboard({ PORT: `${port}` }, { store });
    await connectedAgain;
    expect(await anna.join({ client: ANNA, epoch: String(epoch), seq: 2 })).toMatchObject({
      seq: 2,
      n: 2,
      operations: "",
    });
    expect(await anna.ok("o", ANNA, 1, `${STROKE};c`)).toEqual({ n: 3 });
  });

  test("[A3] clients are asked to move when the service leaves, and come back by themselves", async () => {
    const anna = await openJoined(ANNA);
    const lost = anna.lost();
    await whiteboard.service.drain();
    expect(await lost).toMatch(/^transport (close|error)$/);
    // The close of a long poll comes at once by itself.
    expect(anna.all("leaving")).toEqual(transport === "websocket" ? [[]] : []);
    expect(anna.socket.active).toBe(true);
    const ready = await fetch(new URL("readyz", whiteboard.adminUrl));
    expect(ready.status).toBe(503);
  });

  test("[W4] points go through unchanged, with their pressure", async () => {
    const anna = await openJoined(ANNA);
    const text = "p1,ff0000,w,,!AAAABC;a1,!CCCDDD";
    await anna.ok("o", ANNA, 1, text);
    await anna.untilTrue("both", () => operationsOf(anna).length === 2);
    expect(anna.all("o")).toEqual([[1, `${ANNA}1:p1,ff0000,w,,!AAAABC;${ANNA}2:a1,!CCCDDD`]]);
    expect((await anna.ok("since", "", 0)).items).toBe(`p${ANNA}.1,ff0000,w,1,!AAAABCCCCDDD`);
  });
});

describe("a connection that has only begun", () => {
  async function begin({
    url,
  }: RunningWhiteboard): Promise<{ readonly socket: WebSocket; readonly code: Promise<number> }> {
    const socket = new WebSocket(new URL("/socket.io/?EIO=4&transport=websocket", url));
    await once(socket, "message");
    return { socket, code: once(socket, "close").then(([code]) => code) };
  }

  test("[A3] is asked to move, too, when the service leaves", async () => {
    await using whiteboard = await startWhiteboard();
    const { code } = await begin(whiteboard);
    await whiteboard.service.drain();
    expect(await within(code, "the close")).toBe(1005);
  });

  test("[A3] is told of its end by a close, whatever it is saying: a proxy would wait for one", async () => {
    await using whiteboard = await startWhiteboard();
    const connections = await Promise.all(Array.from({ length: 20 }, () => begin(whiteboard)));
    const talk = setInterval(() => {
      for (const { socket } of connections) socket.send("40");
    }, 1);
    const [broken, ...others] = connections;
    const closing = whiteboard.service.close();
    broken!.socket.terminate();
    await closing;
    const codes = await within(Promise.all(others.map(({ code }) => code)), "the closes");
    clearInterval(talk);
    expect(new Set(codes)).toEqual(new Set([1005]));
  });
});

describe("cursors", () => {
  test("[W11] the cursor of one that is gone is taken away", async () => {
    await using whiteboard = await startWhiteboard();
    using anna = await EventSocket.open(whiteboard.url, "websocket");
    using bert = await EventSocket.open(whiteboard.url, "websocket");
    await anna.join({ client: ANNA });
    await bert.join({ client: BERT });
    const { id } = bert.socket;
    bert.socket.emit("c", 12, 34);
    await anna.until("a cursor", (event) => event[0] === "c" && event[1] === `${id} 12 34`);
    bert.socket.disconnect();
    await anna.until("no cursor", (event) => event[0] === "c" && event[1] === id);
  });
});
