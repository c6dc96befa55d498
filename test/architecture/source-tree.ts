import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { root } from "../../scripts/apps.mjs";

/** One of the repository's packages and apps. */
export interface Workspace {
  /** `packages/client` */
  readonly folder: string;
  /** As others import it: `@crosspod/client`. */
  readonly name: string;
  /** What its package.json lists for those who run it, and what of ours is built into it; not what only tests need. */
  readonly dependencies: ReadonlySet<string>;
}

/** An import of a file of ours. Paths are relative to the repository. */
export interface Import {
  readonly from: SourceFile;
  /** As the code says it. */
  readonly specifier: string;
  /** The npm package, of ours or of others; undefined of a relative path. */
  readonly packageName: string | undefined;
  /** The file of ours that it leads to; undefined of other people's packages. */
  readonly target: string | undefined;
}

/** A source file that is no test. */
export interface SourceFile {
  readonly path: string;
  readonly workspace: Workspace;
  readonly text: string;
}

const SPECIFIER = /\b(?:from|import)\s*\(?\s*"([^"]+)"/g;

export const workspaces: readonly Workspace[] = ["apps", "packages"].flatMap((parent) =>
  readdirSync(`${root}/${parent}`)
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(`${root}/${folder}/package.json`))
    .map(readWorkspace),
);

export const sourceFiles: readonly SourceFile[] = workspaces.flatMap(filesOf);

export const imports: readonly Import[] = sourceFiles.flatMap(importsOf);

/** The workspace that a path is in; undefined outside of all. */
export const workspaceOf = (path: string): Workspace | undefined =>
  workspaces.find(({ folder }) => path.startsWith(`${folder}/`));

function readWorkspace(folder: string): Workspace {
  const manifest = JSON.parse(readFileSync(`${root}/${folder}/package.json`, "utf8"));
  const { name, dependencies = {}, devDependencies = {} } = manifest;
  const builtIn = Object.keys(devDependencies).filter((dependency) => dependency.startsWith("@crosspod/"));
  return { folder, name, dependencies: new Set([...Object.keys(dependencies), ...builtIn]) };
}

function filesOf(workspace: Workspace): SourceFile[] {
  const names = readdirSync(`${root}/${workspace.folder}/src`, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => posix.join(workspace.folder, "src", name))
    .map((path) => ({ path, workspace, text: readFileSync(`${root}/${path}`, "utf8") }));
}

function importsOf(from: SourceFile): Import[] {
  return [...from.text.matchAll(SPECIFIER)].map(([, specifier = ""]) => {
    if (specifier.startsWith(".")) {
      const target = posix.join(posix.dirname(from.path), specifier);
      return { from, specifier, packageName: undefined, target };
    }
    const packageName = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
    const ours = workspaces.find(({ name }) => name === packageName);
    return { from, specifier, packageName, target: ours && `${ours.folder}/src/index.ts` };
  });
}
