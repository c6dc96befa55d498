import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { root } from "../../../scripts/apps.mjs";

const run = async (command: string, args: readonly string[], cwd: string): Promise<string> =>
  (await promisify(execFile)(command, args, { cwd })).stdout;

/** The folders of the packages that one needs, and of those that they need, in the repository's installation. */
function dependenciesOf(folder: string, found = new Set<string>()): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  for (const name of Object.keys(dependencies)) {
    const place = [folder, root].map((parent) => `${parent}/node_modules/${name}`).find((path) => existsSync(path));
    if (place && !found.has(place)) dependenciesOf(place, found.add(place));
  }
  return [...found];
}

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript" };

/**
 * A folder outside of the repository, in which somebody has installed the library's package. Disposing of it deletes
 * the folder.
 */
export class EmptyProject implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param pack the command that packs the library, as one types it in the repository's folder. */
  static async create(pack: string): Promise<EmptyProject> {
    const project = new EmptyProject(await mkdtemp(`${tmpdir()}/crosspod-empty-project-`));
    try {
      await project.#install(pack);
      return project;
    } catch (error) {
      await project[Symbol.asyncDispose]();
      throw error;
    }
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(this.path(name), text);
  }

  /** Compiles TypeScript as strictly as it goes; resolves with what the compiler says: nothing when all is well. */
  async compile(files: readonly string[], compilerOptions: Readonly<Record<string, unknown>>): Promise<string> {
    const strict = { strict: true, target: "es2022", lib: ["es2022", "dom"], types: [], skipLibCheck: false };
    await this.write("tsconfig.json", JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions }, files }));
    const tsc = run(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, "-p", "."], this.folder);
    return await tsc.then(
      () => "",
      ({ stdout, message }) => `${stdout || message}`,
    );
  }

  /** Serves the folder on a free port, as any web server does. */
  async serve(): Promise<{ readonly url: string } & AsyncDisposable> {
    const server = createServer(async ({ url = "/" }, response) => {
      const name = normalize(new URL(url, "http://localhost").pathname);
      const file = await readFile(this.path(name)).catch(() => undefined);
      response.writeHead(file ? 200 : 404, { "Content-Type": TYPES[extname(name)] ?? "text/plain" }).end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`,
      [Symbol.asyncDispose]: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  }

  /** What the package depends on comes from the repository's own installation, so that no registry is needed. */
  async #install(pack: string): Promise<void> {
    await this.write("package.json", JSON.stringify({ name: "empty", private: true, type: "module" }));
    const [command = "", ...args] = pack.split(" ");
    await run(command, [...args, "--pack-destination", this.folder], root);
    const packages = (await readdir(this.folder)).filter((name) => name.endsWith(".tgz"));
    const needed = dependenciesOf(`${root}/packages/client`);
    const flags = ["--offline", "--install-links", "--ignore-scripts", "--no-audit", "--no-fund"];
    await run("npm", ["install", ...flags, ...packages.map((name) => this.path(name)), ...needed], this.folder);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
