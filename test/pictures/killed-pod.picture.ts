import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { comparePictures } from "../helpers/browser/picture.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { openBoardPage, type WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";
import { TcpBalancer } from "../helpers/network/tcp-balancer.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";
import { encodeApng } from "./apng.ts";
import { Film } from "./film.ts";
import { durationOf, framesOf, PIXEL_RATIO, type Story } from "./killed-pod-frames.ts";
import { SCENE_SIZE, WINDOW } from "./killed-pod-scene.ts";
import { Pen } from "./pen.ts";
import { AFTERWARDS, CROSS, DIAGRAM, LAST_ARROW } from "./sketch.ts";

const PEOPLE = ["Ada", "Grace", "Lin"] as const;
/** Who draws, on the pod that is killed. */
const DRAWER = 1;

const STROKES = DIAGRAM.length + LAST_ARROW.length + CROSS.length + AFTERWARDS.length;

/** As high as it takes for all of the board to be in the upper part that the scene shows. */
const VIEWPORT = { width: 512, height: 490 } as const;
/** By which a pixel of a page is one of the picture. */
const PAGE_PIXEL_RATIO = (WINDOW.width * PIXEL_RATIO) / VIEWPORT.width;

/** How long a reader sees the board before the pen moves, and when all is done. */
const BEFORE_MS = 800;
const AFTER_MS = 2_500;

const MAX_MS = 10_000;
/** Of a picture in a README, also for who has a slow connection. */
const MAX_BYTES = 1_500_000;

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

test("docs/killed-pod.png", { timeout: 300_000 }, async () => {
  await using redis = await RedisServer.start();
  await using podA = await startPod("pod-a", redis);
  await using podB = await startPod("pod-b", redis);
  await using podC = await startPod("pod-c", redis);
  await using balancer = await TcpBalancer.start();
  const pods = [podA, podB, podC];
  const pages: WhiteboardPage[] = [];
  for (const [at, pod] of pods.entries()) pages.push(await openPageOn(pod, balancer, PEOPLE[at] ?? ""));
  for (const pod of pods) balancer.add(pod.port);

  const story = await play(pages, pods);

  await expectSameBoards(pages);
  expect(story.shots.at(0)?.views.map(({ pod }) => pod)).toEqual(story.pods);
  expect(story.shots.at(-1)?.views.map(({ connection }) => connection)).toEqual(["Live", "Live", "Live"]);
  expect(durationOf(story), "this machine was too busy to draw as fast as a hand: try again").toBeLessThan(MAX_MS);
  const size = { width: SCENE_SIZE.width * PIXEL_RATIO, height: SCENE_SIZE.height * PIXEL_RATIO };
  const file = encodeApng(size, await framesOf(story, browser));
  expect(file.length).toBeLessThan(MAX_BYTES);
  await writeFile(`${root}/docs/killed-pod.png`, file);
});

async function startPod(name: string, redis: RedisServer): Promise<Pod> {
  const pod = await Pod.start("whiteboard", name, { REDIS_URL: redis.url, ADMIN_PORT: "0" });
  await pod.untilReady();
  return pod;
}

/** Opens a page through the balancer while that has no other pod to choose. */
async function openPageOn(pod: Pod, balancer: TcpBalancer, name: string): Promise<WhiteboardPage> {
  const looks = { viewport: VIEWPORT, deviceScaleFactor: PAGE_PIXEL_RATIO };
  balancer.add(pod.port);
  const page = await openBoardPage(browser, balancer.url, { name, path: "/b/pods", ...looks });
  balancer.remove(pod.port);
  return page;
}

/** Draws, kills the pod under the pen while it draws, and goes on drawing. */
async function play(pages: readonly WhiteboardPage[], pods: readonly Pod[]): Promise<Story> {
  const [firstOfArrow] = LAST_ARROW;
  const pen = await Pen.on(pages[DRAWER]!);
  await pen.widen();
  await pen.drawAtOnce(DIAGRAM);
  await pen.holdOver(firstOfArrow!);
  await untilAllHave(pages, DIAGRAM.length);
  await untilAllSeeEachOther(pages);

  await using film = await Film.start(pages, pen);
  await sleep(BEFORE_MS);
  await pen.draw(LAST_ARROW);
  let killedAt = 0;
  await pen.draw(CROSS, () => {
    pods[DRAWER]!.process.kill("SIGKILL");
    killedAt = performance.now();
  });
  await pen.draw(AFTERWARDS);
  pen.leave();
  await untilAllHave(pages, STROKES);
  const sameAt = performance.now();
  await sleep(AFTER_MS);
  const shots = await film.stop();
  const names = pods.map(({ name }) => name);
  return { shots, killedAt, sameAt, pods: names, people: PEOPLE, drawer: DRAWER, pageWidth: VIEWPORT.width };
}

async function untilAllHave(pages: readonly WhiteboardPage[], strokes: number): Promise<void> {
  for (const page of pages) {
    await expect.poll(() => page.strokes()).toBe(strokes);
    await page.untilSave("Saved");
  }
}

async function untilAllSeeEachOther(pages: readonly WhiteboardPage[]): Promise<void> {
  for (const { page } of pages) await expect.poll(() => page.locator("#people-list .name").count()).toBe(pages.length);
}

/** The same pixels, of which some are not paper. */
async function expectSameBoards(pages: readonly WhiteboardPage[]): Promise<void> {
  const [first, ...others] = await Promise.all(pages.map((page) => page.picture()));
  for (const other of others) {
    const { share, ink } = await comparePictures(browser, { type: "png", data: first! }, { type: "png", data: other });
    expect(ink).toBeGreaterThan(0.02);
    expect(share).toBe(0);
  }
}
