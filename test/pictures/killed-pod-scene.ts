import type { Page } from "playwright-core";
import type { Pixel } from "./pen.ts";

/** Of the scene, in CSS pixels. */
export const SCENE_SIZE = { width: 900, height: 486 } as const;

/** Of each page in the scene, of which the upper part is shown. */
export const WINDOW = { width: 288, height: 212, left: 12, gap: 6, top: 84 } as const;

const GATEWAY_TOP = 316;
const PODS_TOP = 380;
const REDIS_TOP = 447;
const POD = { width: 170, height: 34 } as const;
const BAR_HEIGHT = 24;
const PEN_SIZE = 26;

/** What one page shows, and who serves it. */
export interface SceneView {
  /** A PNG, in base64. */
  readonly picture: string;
  readonly person: string;
  /** The index of the pod that serves it; undefined while none does. */
  readonly pod: number | undefined;
  /** In words, above the page. */
  readonly caption: string;
}

/** One moment of the picture of the pod that is killed. */
export interface SceneMoment {
  readonly headline: string;
  /** What it is about: a trouble, or its end. */
  readonly mood: "calm" | "trouble" | "good";
  readonly views: readonly SceneView[];
  /** Names of the pods, and whether each lives. */
  readonly pods: readonly { readonly name: string; readonly isAlive: boolean }[];
  /** Where the tip of the pen is, from the upper left of the page of the index `drawer`. */
  readonly pen: Pixel | undefined;
  readonly drawer: number;
}

/** Of lines and letters. */
const INK = { calm: "#5b6675", trouble: "#b3261e", good: "#14803f" } as const;

const STYLE = `
* { box-sizing: border-box; margin: 0; }
body { position: relative; width: ${SCENE_SIZE.width}px; height: ${SCENE_SIZE.height}px; overflow: hidden; background: #eef1f5; color: #14181f; font: 14px/1.3 system-ui, sans-serif; }
h1 { position: absolute; top: 11px; left: 0; right: 0; text-align: center; font-size: 19px; font-weight: 650; letter-spacing: -0.005em; }
h1.trouble { color: #b3261e; }
h1.good { color: #14803f; }
.window { position: absolute; top: 50px; width: ${WINDOW.width}px; border: 1px solid #c9d0d9; border-radius: 9px; overflow: hidden; background: #fff; box-shadow: 0 6px 18px -8px rgb(20 24 31 / 30%); }
.caption { display: flex; justify-content: space-between; align-items: baseline; height: 33px; padding: 7px 11px 0; background: #dfe4ea; font-size: 15px; font-weight: 650; }
.caption span { color: #565e6b; font-size: 13px; font-weight: 500; }
.window.trouble { border-color: #b3261e; }
.window.trouble .caption { background: #b3261e; color: #fff; }
.window.trouble .caption span { color: #ffd9d5; }
.window.good { border-color: #14803f; }
.window.good .caption { background: #14803f; color: #fff; }
.window.good .caption span { color: #d3f0df; }
.window img { display: block; width: ${WINDOW.width}px; margin-left: -1px; }
.view { height: ${WINDOW.height}px; overflow: hidden; }
svg { position: absolute; inset: 0; }
.bar, .pod { position: absolute; padding-top: 2px; display: grid; place-items: center; border-radius: 8px; font-size: 14px; font-weight: 600; }
.bar { left: 12px; right: 12px; height: ${BAR_HEIGHT}px; border: 1px solid #c9d0d9; background: #fff; color: #565e6b; font-size: 13px; }
.pod { width: ${POD.width}px; height: ${POD.height}px; background: #0b5cad; color: #fff; font-size: 15px; }
.pod.dead { background: #fbe4e2; color: #b3261e; outline: 2px dashed #b3261e; outline-offset: -2px; }
.pen { position: absolute; inset: auto; width: ${PEN_SIZE}px; height: ${PEN_SIZE}px; filter: drop-shadow(0 1px 1.5px rgb(20 24 31 / 45%)); }
`;

const leftOf = (at: number): number => WINDOW.left + at * (WINDOW.width + WINDOW.gap);
const centerOf = (at: number): number => leftOf(at) + WINDOW.width / 2;

const PEN = `<path d="M1 25 3.2 17.6 18.4 2.4a2.6 2.6 0 0 1 3.7 0l1.5 1.5a2.6 2.6 0 0 1 0 3.7L8.4 22.8z" fill="#ffb703" stroke="#14181f" stroke-width="1.5" stroke-linejoin="round"/><path d="M1 25 2.2 21l2.8 2.8z" fill="#14181f"/>`;

/** Shows a moment in a page, which takes nothing from anywhere. */
export async function showMoment(page: Page, moment: SceneMoment): Promise<void> {
  await page.evaluate(show, `<style>${STYLE}</style>${bodyOf(moment)}`);
}

/** Runs in the page, so it can use nothing from outside. */
async function show(html: string): Promise<void> {
  document.body.innerHTML = html;
  await Promise.all([...document.images].map((image) => image.decode()));
}

function bodyOf(moment: SceneMoment): string {
  const { headline, mood, views, pods } = moment;
  const bars = [bar("gateway", GATEWAY_TOP), bar("Redis", REDIS_TOP)];
  return [
    `<h1 class="${mood}">${headline}</h1>`,
    wires(moment),
    ...bars,
    ...pods.map(({ name, isAlive }, at) => {
      const place = `left:${centerOf(at) - POD.width / 2}px;top:${PODS_TOP}px`;
      return `<div class="pod ${isAlive ? "" : "dead"}" style="${place}">${isAlive ? name : `✕ ${name} is killed`}</div>`;
    }),
    ...views.map((view, at) => windowOf(view, at, pods)),
    penOf(moment),
  ].join("");
}

/** A page whose own pod lives has nothing to tell. */
function moodOf({ pod }: SceneView, at: number, pods: SceneMoment["pods"]): SceneMoment["mood"] {
  if (pod === undefined) return "trouble";
  return pods[at]?.isAlive ? "calm" : "good";
}

const bar = (name: string, top: number): string => `<div class="bar" style="top:${top}px">${name}</div>`;

function windowOf(view: SceneView, at: number, pods: SceneMoment["pods"]): string {
  const { picture, person, caption } = view;
  return `<div class="window ${moodOf(view, at, pods)}" style="left:${leftOf(at)}px">
    <div class="caption">${caption}<span>${person}</span></div>
    <div class="view"><img src="data:image/png;base64,${picture}"></div></div>`;
}

/** From each page through the gateway to its pod, and from each pod to Redis. */
function wires({ views, pods }: SceneMoment): string {
  const toPods = views.map((view, at) => wireOf(view, at, pods));
  const toRedis = pods.map(({ isAlive }, at) =>
    isAlive ? wire(`M${centerOf(at)} ${PODS_TOP + POD.height} V${REDIS_TOP}`, INK.calm) : "",
  );
  return `<svg width="${SCENE_SIZE.width}" height="${SCENE_SIZE.height}">${[...toPods, ...toRedis].join("")}</svg>`;
}

function wireOf(view: SceneView, at: number, pods: SceneMoment["pods"]): string {
  const [from, to] = [centerOf(at), centerOf(view.pod ?? at)];
  const toGateway = `M${from} ${WINDOW.top + WINDOW.height} V${GATEWAY_TOP}`;
  const color = INK[moodOf(view, at, pods)];
  if (view.pod === undefined) return wire(toGateway, color, "4 5");
  // Beside the wire of the page that was there before.
  const end = to + Math.sign(from - to) * 30;
  const below = GATEWAY_TOP + BAR_HEIGHT;
  return wire(`${toGateway} V${below} C${from} ${PODS_TOP} ${end} ${below} ${end} ${PODS_TOP}`, color);
}

const wire = (path: string, color: string, dashes = ""): string =>
  `<path d="${path}" fill="none" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dashes}"/>`;

/** No screenshot shows where a page's mouse or stylus is. */
function penOf({ pen, drawer }: SceneMoment): string {
  if (!pen) return "";
  const [left, top] = [leftOf(drawer) + pen.x, WINDOW.top + pen.y - PEN_SIZE];
  return `<svg class="pen" viewBox="0 0 26 26" style="left:${left}px;top:${top}px">${PEN}</svg>`;
}
