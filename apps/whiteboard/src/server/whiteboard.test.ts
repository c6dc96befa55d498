import { once } from "node:events";
import { encodeOperations, itemId, parseEntries, parseItems, tokenOf } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { EventSocket, type Transport } from "../../../../test/helpers/board/event-socket.ts";
import { itemsOf } from "../../../../test/helpers/board/history-items.ts";
import { type RunningWhiteboard, startWhiteboard } from "../../../../test/helpers/board/running-whiteboard.ts";
import { append, put } from "../../../../test/helpers/board/strokes.ts";
import { within } from "../../../../test/helpers/deadline.ts";

const ANNA = "anna-000";
const BERT = "bert-000";
const STROKE = encodeOperations([put(`${ANNA}.1`), append(`${ANNA}.1`)], ANNA);

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
    await socket.join({ clients: [client], board, name: client });
    return socket;
  };

  test("[W6] an operation is acknowledged by the log, and stored by then", async () => {
    const anna = await openJoined(ANNA);
    await anna.store(ANNA, 1, STROKE);
    const { items } = await whiteboard.store.snapshot("default");
    expect(parseItems(items)).toMatchObject([{ id: `${ANNA}.1`, z: 1 }]);
    expect(anna.all("o")).toMatchObject([[1, expect.any(String), 2]]);
    expect(anna.all("refused")).toEqual([]);
  });

  test("[W6] a submission that asks for a reply gets none", async () => {
    const anna = await openJoined(ANNA);
    const reply = vi.fn();
    anna.socket.emit("o", ANNA, 1, STROKE, reply);
    anna.socket.emit("o", ANNA, 7, "c", reply);
    expect(await anna.refused()).toMatchObject({ client: ANNA, error: { code: "gap", clientSeq: 7, next: 3 } });
    await anna.ok("alive");
    expect(reply).not.toHaveBeenCalled();
  });

  test("[W7] everyone on the board is sent each operation in its order, the one who made it too", async () => {
    const [anna, bert] = [await openJoined(ANNA), await openJoined(BERT)];
    for (let clientSeq = 1; clientSeq <= 20; clientSeq += 1) {
      anna.submit(ANNA, clientSeq, put(itemId(ANNA, clientSeq)));
      bert.submit(BERT, clientSeq, put(itemId(BERT, clientSeq)));
    }
    for (const socket of [anna, bert]) {
      await socket.untilTrue("40 operations", () => socket.operations.length === 40);
      expect(socket.operations.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    }
    expect(anna.all("o")).toEqual(bert.all("o"));
    const own = anna.operations.filter(({ client }) => client === ANNA);
    expect(own.map(({ clientSeq }) => clientSeq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test("[W8] operations that come in one tick share a message", async () => {
    const anna = await openJoined(ANNA);
    for (let clientSeq = 1; clientSeq <= 50; clientSeq += 1) anna.submit(ANNA, clientSeq, put(itemId(ANNA, clientSeq)));
    await anna.untilTrue("50 operations", () => anna.operations.length === 50);
    expect(anna.all("o").length).toBeLessThan(10);
  });

  test("[W1] nobody is sent what happens on another board", async () => {
    const [anna, bert] = [await openJoined(ANNA, "one"), await openJoined(BERT, "two")];
    await anna.store(ANNA, 1, STROKE);
    await bert.store(BERT, 1, "c");
    expect(bert.operations).toMatchObject([{ client: BERT, seq: 1 }]);
  });

  test("[W1] who joins another board leaves the first", async () => {
    const [anna, bert] = [await openJoined(ANNA, "one"), await openJoined(BERT, "one")];
    await bert.join({ clients: [BERT], board: "two" });
    await anna.store(ANNA, 1, STROKE);
    await bert.store(BERT, 1, "c");
    expect(bert.operations).toHaveLength(1);
    expect(await whiteboard.store.head("two")).toMatchObject({ seq: 1 });
  });

  test("[W6] what comes again is neither sent again nor refused, and the reply to a join acknowledges it", async () => {
    const [anna, bert] = [await openJoined(ANNA), await openJoined(BERT)];
    await anna.store(ANNA, 1, STROKE);
    anna.socket.emit("o", ANNA, 1, STROKE);
    await anna.ok("alive");
    await bert.store(BERT, 1, "c");
    await anna.untilTrue("the last", () => anna.operations.length === 3);
    expect(anna.operations.map(({ client }) => client)).toEqual([ANNA, ANNA, BERT]);
    expect(anna.all("refused")).toEqual([]);
    expect(await anna.join({ clients: [ANNA] })).toMatchObject({ clientSeqs: [2] });
  });

  test("[W6] a connection can send what is left of another client", async () => {
    const bert = await openJoined(BERT);
    await bert.store(ANNA, 1, STROKE);
  });

  test("[W10] who joins late gets the whole board, and how far it has come itself", async () => {
    const anna = await openJoined(ANNA);
    await anna.store(ANNA, 1, STROKE);
    const again = await (await open()).join({ clients: [ANNA, "somebody", BERT] });
    const position = await whiteboard.store.head("default");
    const answer = { ...position, clientSeqs: [2, 0, 0], protocol: 2, pod: "pod-a", version: "0.0.0", headSeconds: 1 };
    expect(again).toEqual({ ...answer, items: expect.any(String), operations: expect.any(String) });
    expect(itemsOf(again)).toBe((await whiteboard.store.snapshot("default")).items);
  });

  test("[W10] who knows a part gets the rest, and the whole board when what it knows is not part of this one", async () => {
    const anna = await openJoined(ANNA);
    await anna.store(ANNA, 1, STROKE);
    const known = await whiteboard.store.head("default");
    await anna.store(ANNA, 3, "c");
    const rest = await (await open()).join({ clients: [BERT], known });
    expect(rest).toMatchObject({ seq: 3, clientSeqs: [0] });
    expect(rest.items).toBeUndefined();
    expect(parseEntries(rest.operations, 3)).toMatchObject([{ client: ANNA, clientSeq: 3, seq: 3 }]);
    expect(tokenOf(rest.operations)).toBe(rest.token);
    for (const wrong of [{ epoch: "another" }, { token: "abcd" }, { seq: 1 }, { seq: 9 }]) {
      const whole = await anna.join({ clients: [ANNA], known: { ...known, ...wrong } });
      expect(whole).toMatchObject({ epoch: known.epoch, seq: 3, token: rest.token, items: expect.any(String) });
      expect(itemsOf(whole)).toBe("");
    }
  });

  test("[W10] between the operations of a join and those that are sent is no gap, whatever is drawn meanwhile", async () => {
    const anna = await openJoined(ANNA);
    let n = 0;
    const draw = () => {
      n += 1;
      return anna.store(ANNA, n, encodeOperations([put(itemId(ANNA, n))], ANNA));
    };
    await draw();
    const drawing = Promise.all(Array.from({ length: 30 }, draw));
    const bert = await open();
    const { seq } = await bert.join({ clients: [BERT] });
    await drawing;
    await draw();
    await bert.untilTrue("the last", () => bert.operations.some((operation) => operation.seq === n));
    expect(bert.operations.map((operation) => operation.seq)).toEqual(
      Array.from({ length: n - seq }, (_, index) => seq + 1 + index),
    );
  });

  test("[W10] the head of a board is announced while it has viewers", async () => {
    const anna = await openJoined(ANNA);
    await anna.store(ANNA, 1, STROKE);
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
    await anna.store(ANNA, 1, STROKE);
    const known = await whiteboard.store.head("default");
    const { port, store } = whiteboard;
    const connectedAgain = anna.connectedAgain();
    await whiteboard.service.close();
    whiteboard = await startWhiteboard({ PORT: `${port}` }, { store });
    await connectedAgain;
    const again = await anna.join({ clients: [ANNA], known });
    expect(again).toMatchObject({ ...known, clientSeqs: [2], operations: "" });
    expect(again.items).toBeUndefined();
    await anna.store(ANNA, 1, `${STROKE};c`);
    expect(anna.operations.at(-1)).toMatchObject({ clientSeq: 3, seq: 3 });
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
    await anna.store(ANNA, 1, text);
    const { token } = await whiteboard.store.head("default");
    expect(anna.all("o")).toEqual([[1, `${ANNA}1:p1,ff0000,w,,!AAAABC;${ANNA}2:a1,!CCCDDD@${token}`, 2]]);
    expect(itemsOf(await anna.join())).toBe(`p${ANNA}.1,ff0000,w,1,!AAAABCCCCDDD`);
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
    await anna.join({ clients: [ANNA] });
    await bert.join({ clients: [BERT] });
    const { id } = bert.socket;
    bert.socket.emit("c", 12, 34);
    await anna.until("a cursor", (event) => event[0] === "c" && event[1] === `${id} 12 34`);
    bert.socket.disconnect();
    await anna.until("no cursor", (event) => event[0] === "c" && event[1] === id);
  });
});
