import { execFileSync } from "node:child_process";
import { type ClientId, encodeOperations, type Operation } from "@crosspod/protocol";
import { COMMAND_TIMEOUT_MS } from "@crosspod/redis";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BoardPerson } from "../helpers/board/board-person.ts";
import { EventSocket, type Transport } from "../helpers/board/event-socket.ts";
import { point, put } from "../helpers/board/strokes.ts";
import { TcpProxy } from "../helpers/network/tcp-proxy.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";

const ANNA = "anna-000";
const TRANSPORTS: readonly Transport[] = ["websocket", "polling"];

let redis: RedisServer;
const open: (Disposable | AsyncDisposable)[] = [];

const keep = <T extends Disposable | AsyncDisposable>(resource: T): T => {
  open.unshift(resource);
  return resource;
};

const startPod = async (name: string, environment: Readonly<Record<string, string>> = {}): Promise<Pod> =>
  keep(await Pod.start("whiteboard", name, { REDIS_URL: redis.url, ...environment }));

async function startPods(count: number, environment: Readonly<Record<string, string>> = {}): Promise<Pod[]> {
  const pods = await Promise.all(Array.from({ length: count }, (_, index) => startPod(`pod-${index}`, environment)));
  await Promise.all(pods.map((pod) => pod.untilReady()));
  return pods;
}

/** Resolves when everybody sees the same board, with so many items. */
async function untilAllSee(count: number, people: readonly BoardPerson[]): Promise<void> {
  const boards = (): Set<string> => new Set(people.map(({ board }) => board));
  await expect.poll(() => [boards().size, people[0]?.items.length]).toEqual([1, count]);
}

const visit = ({ url }: Pod): BoardPerson => keep(new BoardPerson(url));

async function connect({ url }: Pod, transport: Transport = "websocket", client: ClientId = ANNA, board = "default") {
  const socket = keep(await EventSocket.open(url, transport));
  await socket.join({ clients: [client], board });
  return socket;
}

/** Submits operations, and resolves when they are stored. Throws when they are refused. */
const store = (socket: EventSocket, client: ClientId, firstClientSeq: number, ...operations: Operation[]) =>
  socket.store(client, firstClientSeq, encodeOperations(operations, client));

beforeEach(async () => {
  redis = await RedisServer.start();
});

afterEach(async () => {
  for (const resource of open.splice(0)) {
    if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
    else resource[Symbol.dispose]();
  }
  await redis[Symbol.asyncDispose]();
});

describe("the whiteboard over Redis", () => {
  test("[W1] [W7] clients of every pod and both transports get the same operations under the same numbers", async () => {
    const pods = await startPods(3);
    const sockets = await Promise.all(
      pods.flatMap((pod, index) =>
        TRANSPORTS.map((transport) => connect(pod, transport, `${transport.slice(0, 7)}${index}`.padEnd(8, "x"))),
      ),
    );
    await Promise.all(
      sockets.map(async (socket, index) => {
        const client = `drawer-${index}`;
        for (let n = 1; n <= 10; n += 1) await store(socket, client, n, put(`${client}.${n}`));
      }),
    );
    for (const socket of sockets) {
      await socket.untilTrue("every operation", () => socket.operations.length === 60);
      expect(socket.operations.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
      expect(socket.operations).toEqual(sockets[0]!.operations);
    }
    const late = visit(pods[1]!);
    await late.untilItems(60);
    expect(late.items.map(({ id }) => id)).toEqual(
      sockets[0]!.operations.map(({ client, clientSeq }) => `${client}.${clientSeq}`),
    );
  });

  test("[W6] what was acknowledged on one pod and is sent again to another counts once", async () => {
    const [one, two] = await startPods(2);
    await store(await connect(one!), ANNA, 1, put(`${ANNA}.1`));
    const other = await connect(two!);
    await store(other, ANNA, 1, put(`${ANNA}.1`), put(`${ANNA}.2`));
    const person = visit(one!);
    await person.untilItems(2);
    expect(await two!.metric("crosspod_board_resends_total")).toBe(1);
  });

  test("[W6] a pod that is killed loses nothing that was acknowledged; its people go on where they were", async () => {
    const [one, two] = await startPods(2);
    const watcher = visit(two!);
    const drawer = visit(one!);
    await drawer.untilState("live");
    drawer.draw(point(1, 1), point(2, 2));
    await drawer.untilSaveState("saved");
    const { port } = new URL(one!.url);
    one!.process.kill("SIGKILL");
    await drawer.untilState("reconnecting");
    drawer.draw(point(3, 3), point(4, 4));
    await startPod("pod-0b", { PORT: port, ADMIN_PORT: "0" });
    await drawer.untilSaveState("saved");
    await untilAllSee(2, [watcher, drawer]);
  });

  test("[W6] [A1] Redis away: refused within 2 s, not saved, not ready; Redis back: saved without a restart", async () => {
    const [pod] = await startPods(1);
    const person = visit(pod!);
    await person.untilState("live");
    const socket = await connect(pod!);
    redis.signal("SIGSTOP");
    const start = performance.now();
    socket.submit(ANNA, 1, put(`${ANNA}.1`));
    expect(await socket.refused()).toMatchObject({ client: ANNA, error: { code: "unavailable", clientSeq: 1 } });
    // Redis is given up after this; where others keep the machine busy, the rest takes longer, too.
    expect(performance.now() - start).toBeLessThan(3 * COMMAND_TIMEOUT_MS);
    person.draw(point(1, 1), point(2, 2));
    await person.untilSaveState("not-saved");
    await pod!.untilNotReady();
    expect(person.items).toHaveLength(1);
    redis.signal("SIGCONT");
    await person.untilSaveState("saved");
    await pod!.untilReady();
    // Redis may have taken the other operation, too, when it went on: then it is a repeat.
    socket.submit(ANNA, 1, put(`${ANNA}.1`));
    await person.untilItems(2);
  });

  test("[W6] [W10] Redis killed and started again with its data: the same board, the same epoch", async () => {
    const pods = await startPods(2);
    const people = pods.map(visit);
    for (const person of people) await person.untilState("live");
    const epoch = people[0]!.client.hello?.epoch;
    people[0]!.draw(point(1, 1), point(2, 2));
    await people[0]!.untilSaveState("saved");
    await redis.kill();
    await Promise.all(pods.map((pod) => pod.untilNotReady()));
    people[1]!.draw(point(3, 3), point(4, 4));
    await people[1]!.untilSaveState("not-saved");
    await redis.resume();
    await Promise.all(pods.map((pod) => pod.untilReady()));
    for (const person of people) await person.untilSaveState("saved");
    const late = visit(pods[1]!);
    await untilAllSee(2, [...people, late]);
    expect(late.client.hello?.epoch).toBe(epoch);
  });

  test("[W10] Redis emptied while pages are open: all agree on what it then holds, under a new epoch", async () => {
    const pods = await startPods(2, { HEAD_SECONDS: "1" });
    const people = [...pods, ...pods].map(visit);
    for (const person of people) await person.untilState("live");
    people[0]!.draw(point(1, 1), point(2, 2));
    for (const person of people) await person.untilItems(1);
    const late = visit(pods[0]!);
    await late.untilState("live");
    const epoch = late.client.hello?.epoch;
    execFileSync("redis-cli", ["-p", `${redis.port}`, "FLUSHALL"]);
    people[1]!.draw(point(3, 3), point(4, 4));
    for (const person of people) await person.untilSaveState("saved");
    const later = visit(pods[1]!);
    await untilAllSee(1, [...people, late, later]);
    for (const { process } of pods) await process.logged("another way");
    expect(later.client.hello?.epoch).not.toBe(epoch);
  });

  test("[A1] a pod whose subscriptions alone are cut takes them up again, and its clients miss nothing", async () => {
    const [one, two] = await startPods(2, { HEAD_SECONDS: "300" });
    const watcher = visit(two!);
    const drawer = visit(one!);
    await Promise.all([watcher, drawer].map((person) => person.untilState("live")));
    const admin = new Redis(redis.url);
    for (let round = 1; round <= 5; round += 1) {
      await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
      // Until it subscribes again nothing comes; what comes afterwards shows the gap.
      await expect
        .poll(() => two!.process.log.filter(({ role }) => role === "subscriber").length)
        .toBeGreaterThan(round);
      await Promise.all([one!, two!].map((pod) => pod.untilReady()));
      drawer.draw(point(round, 1), point(round, 2));
      await watcher.untilItems(round);
    }
    admin.disconnect();
  });

  test("[A1] a pod from whose connections nothing comes any more is not ready, though they look open, and recovers", async () => {
    const proxy = keep(await TcpProxy.start(redis.port));
    const near = await startPod("near");
    const far = await startPod("far", { REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
    await Promise.all([near, far].map((pod) => pod.untilReady()));
    const watcher = visit(far);
    const drawer = visit(near);
    await Promise.all([watcher, drawer].map((person) => person.untilState("live")));
    proxy.swallow = true;
    drawer.draw(point(1, 1), point(2, 2));
    await drawer.untilSaveState("saved");
    await far.untilNotReady();
    watcher.draw(point(3, 3), point(4, 4));
    await watcher.untilSaveState("not-saved");
    proxy.swallow = false;
    await far.untilReady();
    await watcher.untilSaveState("saved");
    await untilAllSee(2, [watcher, drawer]);
  });

  test("[W7] scripts that Redis has forgotten are loaded again", async () => {
    const [pod] = await startPods(1);
    const socket = await connect(pod!);
    execFileSync("redis-cli", ["-p", `${redis.port}`, "SCRIPT", "FLUSH"]);
    await store(socket, ANNA, 1, put(`${ANNA}.1`));
  });

  test("[W1] what is drawn on a board reaches only pods that have viewers of it", async () => {
    // People are announced every few seconds, but a pod hears only those of its boards, which is little here.
    const [one, two] = await startPods(2, { MAX_MESSAGES_PER_SECOND: "1000" });
    const drawer = await connect(one!, "websocket", ANNA, "first");
    await connect(two!, "websocket", "bert-000", "second");
    const bytes = (pod: Pod, direction: string) =>
      pod.metric(`crosspod_board_fan_out_bytes_total{direction="${direction}"}`);
    const draw = async (from: number): Promise<void> => {
      for (let n = from; n < from + 100; n += 1) await store(drawer, ANNA, n, put(`${ANNA}.${n.toString(36)}`));
    };
    const heard = await bytes(two!, "received");
    const own = await bytes(one!, "received");
    await draw(1);
    const traffic = (await bytes(one!, "received")) - own;
    expect(traffic).toBeGreaterThan(10_000);
    expect((await bytes(two!, "received")) - heard).toBeLessThan(traffic / 10);
    const viewer = await connect(two!, "websocket", "carl-000", "first");
    await draw(101);
    await viewer.untilTrue("what is drawn", () => viewer.operations.length === 100);
    expect((await bytes(two!, "received")) - heard).toBeGreaterThan(traffic / 2);
  });

  test("[W12] an original client sees at once what is drawn on another pod, by its kind and by ours", async () => {
    const [one, two] = await startPods(2, { HEAD_SECONDS: "300" });
    const originals = await Promise.all(
      [one!, two!].map(async ({ url }) => keep(await EventSocket.openOriginal(url, "websocket"))),
    );
    const socket = await connect(one!);
    await store(socket, ANNA, 1, put(`${ANNA}.1`, [point(0, 0), point(16_000, 9_000)]));
    for (const original of originals) {
      await original.until("the stroke", ([event, drawing]) => event === "drawing" && Object(drawing).x1 === 1);
    }
    originals[0]!.socket.emit("drawing", { x0: 0.25, y0: 0.25, x1: 0.5, y1: 0.5, color: "red" });
    await originals[1]!.until("the segment", ([event, drawing]) => event === "drawing" && Object(drawing).x1 === 0.5);
    await socket.untilTrue("its stroke", () => socket.operations.length === 2);
  });

  test("[W11] people of all pods see each other, and the pointers of others", async () => {
    const [one, two] = await startPods(2);
    const anna = keep(new BoardPerson(one!.url, { name: "Anna" }));
    const bert = keep(new BoardPerson(two!.url, { name: "Bert" }));
    for (const person of [anna, bert]) {
      await expect.poll(() => person.client.presence.people.map(({ name }) => name).sort()).toEqual(["Anna", "Bert"]);
    }
    await expect
      .poll(() => {
        anna.client.presence.moveCursor({ x: Math.round(1_000 * Math.random()), y: 200 });
        return [...bert.client.presence.cursors.values()].map(({ y }) => y);
      })
      .toEqual([200]);
  });
});
