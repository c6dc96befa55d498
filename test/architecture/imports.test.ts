import { describe, expect, test } from "vitest";
import { type Import, imports, sourceFiles, workspaceOf } from "./source-tree.ts";

/** What a package may import of ours. An app may import every package. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "packages/protocol": [],
  "packages/client": ["packages/protocol"],
  "packages/page": [],
  "packages/service": ["packages/protocol"],
  "packages/redis": ["packages/protocol", "packages/service"],
};

/** What a folder may import of its neighbours, folders and files. The files beside the folders may import all. */
const ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "packages/protocol/src": {
    board: ["json.ts", "position.ts"],
    feed: ["json.ts", "problem.ts"],
  },
  "packages/client/src": {
    timing: [],
    events: [],
    outbox: [],
    transport: ["timing"],
    document: ["events", "outbox"],
    connection: ["timing", "events", "outbox", "transport", "document"],
    board: ["timing", "events", "outbox", "transport", "document", "connection"],
    feed: ["timing", "events"],
  },
  "packages/service/src": {
    observability: ["config.ts"],
    http: ["observability"],
    lifecycle: ["config.ts", "observability", "http"],
  },
  "apps/broadcaster/src/server": {
    store: [],
    feed: ["store"],
    transport: ["config.ts", "feed"],
    api: ["config.ts", "store"],
  },
  "apps/whiteboard/src/client": {
    render: [],
    tools: ["render"],
    input: ["render", "tools"],
    ui: ["render", "tools", "input"],
    export: ["render", "ui"],
  },
  "apps/whiteboard/src/server": {
    store: [],
    transport: ["store"],
    board: ["store", "transport"],
    original: ["store", "transport", "board"],
  },
  "apps/probe/src": {
    format: [],
    timing: [],
    clients: ["format", "timing"],
    checks: ["service.ts", "format", "timing", "clients"],
    watch: ["service.ts", "command-line.ts", "output.ts", "report.ts", "format", "timing", "clients", "checks"],
  },
};

/** Where rooms are: the sources of a package, or those of an app's page or server. */
const PARENT_OF_ROOMS = /^(?:apps|packages)\/[^/]+\/src(?:\/(?:client|server)(?=\/))?/;

/** Names of what breaks a rule: the file, its import, and the rule. */
const broken = (rule: string, breaks: (each: Import) => boolean): string[] =>
  imports.filter(breaks).map(({ from, specifier }) => `${from.path} imports "${specifier}": ${rule}`);

const isIn = (path: string | undefined, ...folders: readonly string[]): boolean =>
  path !== undefined && folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

/** Which side of an app a path is on. */
const sideOf = (path = ""): string | undefined => /^apps\/[^/]+\/src\/(client|server)\//.exec(path)?.[1];

test("every source file is read", () => {
  expect(sourceFiles.length).toBeGreaterThan(150);
  expect(imports.length).toBeGreaterThan(500);
});

describe("imports between packages and apps", () => {
  test.each(Object.entries(PACKAGES))("%s imports of ours only: %j", (folder, allowed) => {
    const rule = `it may import of ours only [${allowed.join(", ")}]`;
    expect(
      broken(rule, ({ from, target }) => isIn(from.path, folder) && !!target && !isIn(target, folder, ...allowed)),
    ).toEqual([]);
  });

  test("every package says here what it may import", () => {
    const folders = [...new Set(sourceFiles.map(({ workspace }) => workspace.folder))];
    const unknown = folders.filter((folder) => folder.startsWith("packages/") && !(folder in PACKAGES));
    expect(unknown.map((folder) => `${folder} has no line in PACKAGES`)).toEqual([]);
  });

  test("an app imports packages, and never another app", () => {
    const rule = "an app may import itself and packages only";
    expect(
      broken(rule, ({ from, target }) => {
        const { folder } = from.workspace;
        return folder.startsWith("apps/") && !!target && !isIn(target, folder, "packages");
      }),
    ).toEqual([]);
  });

  test("a package is imported by its name, not by a path into it", () => {
    const rule = "a path may not lead into another package or app";
    expect(
      broken(rule, ({ from, specifier, target }) => {
        return specifier.startsWith(".") && workspaceOf(target ?? "") !== from.workspace;
      }),
    ).toEqual([]);
  });

  test("each package and app imports only what its own package.json lists as a dependency", () => {
    const rule = "the dependencies of its package.json do not list it";
    expect(
      broken(rule, ({ from, packageName }) => {
        if (packageName === undefined || packageName.startsWith("node:")) return false;
        return !from.workspace.dependencies.has(packageName);
      }),
    ).toEqual([]);
  });
});

describe("imports inside of an app or a package", () => {
  test("a page knows nothing of servers", () => {
    const rule = "a page may import neither src/server nor packages/service nor packages/redis";
    expect(
      broken(rule, ({ from, target }) => {
        if (sideOf(from.path) !== "client") return false;
        return sideOf(target) === "server" || isIn(target, "packages/service", "packages/redis");
      }),
    ).toEqual([]);
  });

  test("a server knows nothing of pages", () => {
    const rule = "a server may import neither src/client nor packages/page";
    expect(
      broken(rule, ({ from, target }) => {
        return sideOf(from.path) === "server" && (sideOf(target) === "client" || isIn(target, "packages/page"));
      }),
    ).toEqual([]);
  });

  test("nobody imports a main.ts", () => {
    expect(broken("main.ts is the composition root", ({ target }) => !!target?.endsWith("/main.ts"))).toEqual([]);
  });

  test.each(
    Object.entries(ROOMS).flatMap(([parent, rooms]) =>
      Object.entries(rooms).map(([room, allowed]) => [parent, room, allowed] as const),
    ),
  )("%s/%s imports of its neighbours only: %j", (parent, room, allowed) => {
    const rule = `${room}/ may import of its neighbours only [${allowed.join(", ")}]`;
    const folders = [room, ...allowed].map((name) => `${parent}/${name}`);
    expect(
      broken(rule, ({ from, target }) => {
        return isIn(from.path, `${parent}/${room}`) && isIn(target, parent) && !isIn(target, ...folders);
      }),
    ).toEqual([]);
  });

  test("every folder of sources says in ROOMS what it may import", () => {
    const rooms = sourceFiles.flatMap(({ path }) => {
      const [parent = ""] = PARENT_OF_ROOMS.exec(path) ?? [];
      const [room = "", ...inside] = path.slice(parent.length + 1).split("/");
      return inside.length === 0 || ROOMS[parent]?.[room] ? [] : [`${parent}/${room}`];
    });
    expect([...new Set(rooms)]).toEqual([]);
  });
});

describe("files", () => {
  test("only a main.ts reads process.env", () => {
    const readers = sourceFiles.filter(({ text }) => /\bprocess\s*\??\.\s*env\b/.test(text)).map(({ path }) => path);
    const others = readers.filter((path) => !path.endsWith("/main.ts"));
    expect(others.map((path) => `${path} reads process.env: only a main.ts may`)).toEqual([]);
  });

  test("no file imports itself by way of others", () => {
    expect(cycles()).toEqual([]);
  });
});

/** Every way from a file back to itself that a walk along the imports finds, as `a.ts -> b.ts -> a.ts`. */
function cycles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const targetsOf = (path: string) => imports.filter(({ from }) => from.path === path).map(({ target }) => target);
  const walk = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path].join(" -> "));
    if (done.has(path)) return;
    done.add(path);
    for (const target of targetsOf(path)) if (target) walk(target, [...way, path]);
  };
  for (const { path } of sourceFiles) walk(path, []);
  return found;
}
