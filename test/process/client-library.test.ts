import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { BoardClient, type ConnectionState, FeedClient, type FeedClientState, type SaveState } from "@crosspod/client";
import * as esbuild from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Page } from "../docs/pages.ts";
import { BoardPerson } from "../helpers/board/board-person.ts";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { publish } from "../helpers/feed/publisher.ts";
import { startBroadcaster } from "../helpers/feed/running-broadcaster.ts";
import { EmptyProject } from "../helpers/library/empty-project.ts";

const readme = new Page("packages/client/README.md");

/** The blocks of code of a language, in their order. */
const blocks = (language: string): string[] =>
  readme.code.filter(({ info }) => info[0] === language).map(({ text }) => text);

const [PACK = ""] = blocks("sh");
const [FEED = "", BOARD = ""] = blocks("ts");
const [HTML = ""] = blocks("html");

/** Every state, or it does not compile. */
const FEED_STATES: Readonly<Record<FeedClientState, true>> = {
  connecting: true,
  "catching-up": true,
  live: true,
  stale: true,
  outdated: true,
  reconnecting: true,
  closed: true,
};
const BOARD_STATES: Readonly<Record<ConnectionState, true>> = {
  connecting: true,
  "catching-up": true,
  live: true,
  reconnecting: true,
  closed: true,
};
const SAVE_STATES: Readonly<Record<SaveState["state"], true>> = { saved: true, saving: true, "not-saved": true };

const eventsOf = (source: object, prefix = ""): string[] =>
  Object.keys(source).flatMap((key) => (/^on[A-Z]/.test(key) ? `${prefix}${key}` : []));

/** Node before 22 has its WebSocket only if it is told so, as the page says. */
const NODE_FLAGS = "WebSocket" in globalThis ? [] : ["--experimental-websocket"];

let project: EmptyProject;
beforeAll(async () => {
  project = await EmptyProject.create(PACK);
}, 90_000);
afterAll(() => project?.[Symbol.asyncDispose]());

/** A block with the addresses of services that run now. */
const at = (block: string, { feed = "", board = "" }): string =>
  block.replaceAll("http://localhost:8888/", feed).replaceAll("http://localhost:3000/", board);

/** A program of the project that runs in Node. Disposing of it ends it. */
class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  #output = "";

  constructor(file: string) {
    this.#child = spawn(process.execPath, [...NODE_FLAGS, file], { cwd: project.folder });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on("data", (data) => (this.#output += data));
  }

  async prints(...lines: string[]): Promise<void> {
    await expect.poll(() => this.#output.split("\n")).toEqual(expect.arrayContaining(lines));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await once(this.#child, "close");
  }
}

describe("the package", () => {
  test("has an entry for each import that the page names, and exports nothing else", async () => {
    const { exports } = JSON.parse(await readFile(project.path("node_modules/@crosspod/client/package.json"), "utf8"));
    const shown = readme.tableBehind("Install").map(({ import: name = "" }) => name.replace("@crosspod/client", "."));
    expect(Object.keys(exports).sort()).toEqual([...shown, "./package.json"].sort());
    const board = [
      "BOARD_HEIGHT",
      "BOARD_WIDTH",
      "BoardClient",
      "MAX_PRESSURE",
      "MemoryOutboxStorage",
      "WebOutboxStorage",
      "connectSocket",
      "decodePoints",
      "reloadWhenOutdated",
      "sanitizeName",
    ];
    expect(await namesIn("feed")).toEqual(["FeedClient"]);
    expect(await namesIn("board")).toEqual(board);
    expect(await namesIn("index")).toEqual([...board, "FeedClient"].sort());
  });

  test("has the states and the events that the page lists", () => {
    const shown = (heading: string, table: number): string[] =>
      readme.tableBehind(heading, table).map((row) => Object.values(row)[0] ?? "");
    expect(shown("A live feed", 2).sort()).toEqual(Object.keys(FEED_STATES).sort());
    expect(shown("A live board", 2).sort()).toEqual(Object.keys(BOARD_STATES).sort());
    expect(shown("A live board", 3).sort()).toEqual(Object.keys(SAVE_STATES).sort());
    const feed = new FeedClient({ url: "http://localhost/" });
    const board = new BoardClient({ url: "http://localhost/", board: "retro", name: "Ann" });
    const { view, presence, history } = board;
    expect(shown("A live feed", 1).sort()).toEqual(eventsOf(feed).sort());
    expect(shown("A live board", 1).sort()).toEqual(
      [
        ...eventsOf(board),
        ...Object.entries({ view, presence, history }).flatMap(([name, part]) => eventsOf(part, `${name}.`)),
      ].sort(),
    );
  });

  test("is as small as the page says, and brings socket.io only with a board", async () => {
    const [feed = "", board = ""] = readme.tableBehind("Install").map((row) => row["minified and gzipped, at most"]);
    const sizes = [...feed.matchAll(/(\d+) KB/g), ...board.matchAll(/(\d+) KB/g)].map(([, size]) => Number(size));
    const parts = [
      await bundled('export { FeedClient } from "@crosspod/client/feed"'),
      await bundled('export { BoardClient, decodePoints } from "@crosspod/client/board"'),
      await bundled('export { io } from "socket.io-client"'),
    ];
    for (const [index, { kilobytes }] of parts.entries()) {
      expect(kilobytes).toBeLessThanOrEqual(sizes[index]!);
      expect(kilobytes).toBeGreaterThan(sizes[index]! - 1.5);
    }
    const fromAll = await bundled('export { FeedClient } from "@crosspod/client"');
    expect([parts[0], fromAll].map((bundle) => bundle?.hasSocketIo)).toEqual([false, false]);
    expect(fromAll.kilobytes).toBeCloseTo(parts[0]!.kilobytes, 0);
  });
});

describe("the blocks of its page", () => {
  test.each([
    ["Node", { module: "nodenext" }],
    ["a bundler", { module: "esnext", moduleResolution: "bundler", noEmit: true }],
  ])("compile strictly for %s, without the types of Node", async (_, options) => {
    await project.write("feed.ts", FEED);
    await project.write("board.ts", BOARD);
    expect(await project.compile(["feed.ts", "board.ts"], options)).toBe("");
  });

  test("follow a feed in Node", async () => {
    await using broadcaster = await startBroadcaster();
    await project.write("feed.ts", at(FEED, { feed: broadcaster.url }));
    expect(await project.compile(["feed.ts"], { module: "nodenext" })).toBe("");
    await using program = new Program("feed.js");
    await program.prints("the feed is live");
    await publish(broadcaster.url, "8", "300");
    await program.prints("8 is 300");
  });

  test("draw on a board in Node", async () => {
    await using whiteboard = await startWhiteboard();
    using other = new BoardPerson(whiteboard.url, { board: "retro" });
    await project.write("board.ts", at(BOARD, { board: whiteboard.url }));
    expect(await project.compile(["board.ts"], { module: "nodenext" })).toBe("");
    await using program = new Program("board.js");
    await program.prints("the board is live", "the stroke is saved", "strokes: 1");
    await other.untilItems(1);
    expect(other.items[0]).toMatchObject({ color: "ff0000", width: 70 });
  });

  describe("in a page", () => {
    let browser: Browser;
    shareBrowser((shared) => {
      browser = shared;
    });

    test("show a live feed and a live board", async () => {
      await using broadcaster = await startBroadcaster();
      await using whiteboard = await startWhiteboard();
      await project.write("index.html", at(HTML, { feed: broadcaster.url, board: whiteboard.url }));
      await using server = await project.serve();
      const page = await browser.newPage();
      const errors: unknown[] = [];
      page.on("pageerror", (error) => errors.push(error));
      await page.goto(`${server.url}index.html`);
      const shown = async () => [
        ...errors,
        await page.locator("#feed").textContent(),
        await page.locator("#board").innerHTML(),
      ];
      await publish(broadcaster.url, "8", "300");
      await expect.poll(shown).toEqual(["8 is 300", ""]);
      await publish(broadcaster.url, "5", "600");
      using other = new BoardPerson(whiteboard.url, { board: "retro" });
      other.draw({ x: 100, y: 200 }, { x: 16_000, y: 9_000 });
      const line = '<polyline points="100,200 16000,9000" stroke="#000000" stroke-width="32"></polyline>';
      await expect.poll(shown).toEqual(["8 is 300\n5 is 600", line]);
    });
  });
});

/** The names that a module of the package has when it runs. */
async function namesIn(module: string): Promise<string[]> {
  const url = pathToFileURL(project.path(`node_modules/@crosspod/client/dist/${module}.js`)).href;
  return Object.keys(await import(/* @vite-ignore */ url)).sort();
}

/** What a bundler makes of some code for a page. */
async function bundled(contents: string): Promise<{ readonly kilobytes: number; readonly hasSocketIo: boolean }> {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents, resolveDir: project.folder },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    metafile: true,
    outfile: "bundle.js",
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? path : [],
  );
  return {
    kilobytes: gzipSync(outputFiles[0]!.contents, { level: 9 }).length / 1_000,
    hasSocketIo: inputs.some((path) => path.includes("socket.io")),
  };
}
