import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { root } from "../../scripts/apps.mjs";

const FOLDER = ".github/workflows";

type Permissions = Readonly<Record<string, "read" | "write" | "none">>;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** A job of steps, or the call of another workflow. */
export interface Job {
  readonly name: string;
  readonly if?: string;
  readonly permissions?: Permissions;
  readonly "timeout-minutes"?: number;
  readonly "runs-on"?: string;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps?: readonly Step[];
  readonly uses?: string;
}

/** A file of `.github/workflows`. */
export interface Workflow {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
  /** Names of the events that start it. */
  readonly triggers: readonly string[];
  readonly permissions?: Permissions;
  readonly concurrency?: { readonly group: string };
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: readonly Job[];
}

/** All workflows. Throws where a file is not YAML, or says a key twice. */
export const workflows: readonly Workflow[] = readdirSync(`${root}/${FOLDER}`).map((file) => {
  const path = `${FOLDER}/${file}`;
  const text = readFileSync(`${root}/${path}`, "utf8");
  const { on, jobs, env = {}, permissions, concurrency } = parse(text, { uniqueKeys: true });
  return {
    path,
    text,
    triggers: typeof on === "string" ? [on] : Array.isArray(on) ? on : Object.keys(on),
    permissions,
    concurrency,
    env,
    jobs: Object.entries(jobs).map(([name, job]) => ({ ...(job as Omit<Job, "name">), name })),
  };
});

/** The workflow of a file; throws when it is not there. */
export function findWorkflow(path: string): Workflow {
  const found = workflows.find((workflow) => workflow.path === path);
  if (!found) throw new Error(`there is no ${path}`);
  return found;
}
