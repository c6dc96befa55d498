import { decode } from "fast-png";
import type { Browser } from "playwright-core";
import type { Frame } from "./apng.ts";
import type { Shot } from "./film.ts";
import { SCENE_SIZE, type SceneMoment, type SceneView, showMoment, WINDOW } from "./killed-pod-scene.ts";

/** Pixels of the picture for each CSS pixel of the scene, also across: fine lines on a good screen. */
export const PIXEL_RATIO = 2;

/** For the headline that says what happens: the page itself is live again before one has read it. */
const READING_MS = 1_500;
const LAST_SHOT_MS = 100;

/** What happened, and when, in milliseconds of `performance.now()`. */
export interface Story {
  readonly shots: readonly Shot[];
  readonly killedAt: number;
  /** When all pages had everything. */
  readonly sameAt: number;
  /** Names, one for each page: of the pod on which it was opened, and of its person. */
  readonly pods: readonly string[];
  readonly people: readonly string[];
  /** The page of which the pod was killed while its person drew. */
  readonly drawer: number;
  /** How wide each page is, in CSS pixels. */
  readonly pageWidth: number;
}

/** How long the story takes. */
export const durationOf = ({ shots }: Story): number => (shots.at(-1)?.at ?? 0) - (shots[0]?.at ?? 0) + LAST_SHOT_MS;

/** The scene of each shot; it is shown for as long as it took to the next one. */
export async function framesOf(story: Story, browser: Browser): Promise<Frame[]> {
  const context = await browser.newContext({ viewport: SCENE_SIZE, deviceScaleFactor: PIXEL_RATIO });
  const scene = await context.newPage();
  const frames: Frame[] = [];
  for (const [at, shot] of story.shots.entries()) {
    const next = story.shots[at + 1]?.at ?? shot.at + LAST_SHOT_MS;
    await showMoment(scene, momentOf(story, shot));
    frames.push({ pixels: pixelsOf(await scene.screenshot()), delayMs: next - shot.at });
  }
  await context.close();
  return frames;
}

function momentOf(story: Story, shot: Shot): SceneMoment {
  const { killedAt, drawer, pageWidth } = story;
  const pods = story.pods.map((name, at) => ({ name, isAlive: at !== drawer || shot.at < killedAt }));
  const views = shot.views.map(({ picture, pod, connection }, at): SceneView => {
    const serving = connection === "Live" ? story.pods.indexOf(pod) : -1;
    const person = at === drawer && shot.pen ? `${story.people[at]} draws` : `${story.people[at]}`;
    if (!pods[serving]?.isAlive) {
      const caption = pods[at]?.isAlive ? `${pod}: ${connection}` : `✕ ${story.pods[at]} is killed`;
      return { picture, person, pod: undefined, caption };
    }
    return { picture, person, pod: serving, caption: serving === at ? pod : `${story.pods[at]} → ${pod}` };
  });
  const scale = WINDOW.width / pageWidth;
  const pen = shot.pen && { x: shot.pen.x * scale, y: shot.pen.y * scale };
  return { views, pods, pen, drawer, ...headlineOf(story, shot) };
}

function headlineOf(story: Story, { at, views }: Shot): Pick<SceneMoment, "mood" | "headline"> {
  const { killedAt, sameAt, pods, people, drawer } = story;
  if (at >= sameAt) return { mood: "good", headline: "No stroke is lost: all pages show the same board" };
  if (at < killedAt) return { mood: "calm", headline: "Three pages of one whiteboard, each on another pod" };
  const pod = views[drawer]?.pod;
  const isThere = views[drawer]?.connection === "Live" && pod !== pods[drawer];
  if (isThere && at >= killedAt + READING_MS) {
    return { mood: "good", headline: `${people[drawer]} draws on, through ${pod}` };
  }
  return { mood: "trouble", headline: `kill -9: ${pods[drawer]} dies while ${people[drawer]} draws` };
}

function pixelsOf(png: Buffer): Uint32Array {
  const { data, channels } = decode(png);
  const bytes = new Uint8Array((data.length / channels) * 4).fill(255);
  for (let at = 0; at < bytes.length / 4; at += 1) bytes.set(data.subarray(at * channels, at * channels + 3), at * 4);
  return new Uint32Array(bytes.buffer);
}
