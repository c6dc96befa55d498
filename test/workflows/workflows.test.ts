import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../../scripts/apps.mjs";
import { findWorkflow, type Job, type Workflow, workflows } from "./workflow.ts";

/** What a workflow of ours or of others is called by, as a line says it, and the version beside it. */
const USES = /^\s*(?:- )?uses: (?<called>\S+)(?: # (?<version>\S+))?$/gm;
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
const VERSION = /^v\d+\.\d+\.\d+$/;
/** Events that run the code of a stranger with the rights of the repository. */
const DANGEROUS = ["pull_request_target", "workflow_run"];
const NOT_OF_PULL_REQUESTS = "github.event_name != 'pull_request'";

/** Every job, by the file and its name. */
const JOBS = workflows.flatMap((workflow) =>
  workflow.jobs.map((job): [string, Job, Workflow] => [`${workflow.path} ${job.name}`, job, workflow]),
);

const calls = workflows.flatMap(({ path, text }) =>
  [...text.matchAll(USES)].map(({ groups }) => ({ path, called: groups?.called ?? "", version: groups?.version })),
);

const isOurs = ({ called }: { called: string }): boolean => called.startsWith("./");

const images = findWorkflow(".github/workflows/images.yml");

const appsWithImage = readdirSync(`${root}/apps`).filter((app) => existsSync(`${root}/apps/${app}/Dockerfile`));

const documents = readdirSync(`${root}/docs`, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md"))
  .map((path) => `docs/${path}`);

const dockerfiles = appsWithImage.map((app) => readFileSync(`${root}/apps/${app}/Dockerfile`, "utf8"));

describe("every workflow", () => {
  test("is found, and each line that calls an action is read", () => {
    expect(workflows.length).toBeGreaterThanOrEqual(5);
    expect(calls.length).toBe(workflows.flatMap(({ text }) => text.match(/\buses:/g) ?? []).length);
  });

  test("calls actions by the full hash of a commit, with its version beside it", () => {
    const loose = calls.filter(({ called, version }) => !PINNED.test(called) || !VERSION.test(version ?? ""));
    expect(loose.filter((call) => !isOurs(call))).toEqual([]);
  });

  test("calls the same action by the same hash", () => {
    const actions = calls.filter((call) => !isOurs(call)).map(({ called, version }) => `${called} ${version}`);
    const pins = new Set(actions.map((action) => action.replace(/^([\w.-]+\/[\w.-]+)[^@]*/, "$1")));
    expect([...pins].map((pin) => pin.split("@", 1)[0])).toEqual([
      ...new Set([...pins].map((pin) => pin.split("@", 1)[0])),
    ]);
  });

  test("calls workflows of ours that are there and can be called", () => {
    for (const { called } of calls.filter(isOurs)) {
      expect(findWorkflow(called.slice(2)).triggers, called).toContain("workflow_call");
    }
  });

  test.each(workflows.map((workflow) => [workflow.path, workflow] as const))(
    "%s gives its jobs no permission but their own, and has runs that do not meet",
    (_path, { permissions, concurrency }) => {
      expect(permissions).toEqual({});
      // A workflow that is called by another one must not wait for it.
      const groups = workflows.map((other) => other.concurrency?.group);
      expect(groups.filter((group) => group === concurrency?.group)).toHaveLength(1);
      expect(concurrency?.group).toMatch(/\$\{\{ github\.ref \}\}$/);
    },
  );
});

describe("every job", () => {
  test.each(JOBS)("%s names its permissions", (_name, { permissions }) => {
    expect(permissions).toBeTypeOf("object");
  });

  test.each(JOBS.filter(([, { uses }]) => !uses))("%s ends in time, on a runner that does not move", (_name, job) => {
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
    expect(job["timeout-minutes"]).toBeLessThanOrEqual(120);
    expect(job["runs-on"]).not.toMatch(/-latest$/);
  });

  test.each(JOBS)("%s leaves no credentials in the working tree", (_name, { steps = [] }) => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    for (const step of checkouts) expect(step.with).toMatchObject({ "persist-credentials": false });
  });

  test.each(JOBS)("%s runs scripts that are there", (_name, { steps = [] }) => {
    const scripts = steps.flatMap(({ run = "" }) => run.match(/\bscripts\/[\w./-]+|\.ci\/\w+/g) ?? []);
    expect(scripts.filter((script) => !existsSync(`${root}/${script}`))).toEqual([]);
  });
});

describe("a pull request", () => {
  test("starts nothing with the rights of the repository", () => {
    expect(workflows.filter(({ triggers }) => triggers.some((trigger) => DANGEROUS.includes(trigger)))).toEqual([]);
  });

  test("is given no secret: nothing has one", () => {
    expect(workflows.filter(({ text }) => /\bsecrets\b/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test.each(JOBS.filter(([, , { triggers }]) => triggers.includes("pull_request")))(
    "may write nothing by %s",
    (_name, job) => {
      const rights = Object.values(job.permissions ?? {});
      expect(job.if === NOT_OF_PULL_REQUESTS || rights.every((right) => right === "read")).toBe(true);
    },
  );
});

describe("the images", () => {
  test("are built of every app with a Dockerfile, by the names that kustomize knows", () => {
    const matrices = images.jobs.flatMap(({ strategy }) => (strategy ? [strategy.matrix.app] : []));
    expect(matrices).toEqual([appsWithImage, appsWithImage]);
    const { images: known } = parse(readFileSync(`${root}/k8s/components/registry/kustomization.yaml`, "utf8"));
    const ours = known.map(({ name }: { name: string }) => name).filter((name: string) => name.startsWith("crosspod-"));
    expect(ours.sort()).toEqual(appsWithImage.map((app) => `crosspod-${app}`));
    expect(images.text).toContain("/crosspod-$APP");
  });

  test("go by their names, and by that of the workflow that signs them, in the documents", () => {
    const texts = documents.map((path) => readFileSync(`${root}/${path}`, "utf8")).join("\n");
    const named = new Set([...texts.matchAll(/ghcr\.io\/OWNER\/([\w$-]+)/g)].map(([, name]) => name));
    const known = ["crosspod-$app", ...appsWithImage.map((app) => `crosspod-${app}`)];
    expect([...named].filter((name) => !known.includes(name ?? ""))).toEqual([]);
    const signers = new Set([...texts.matchAll(/crosspod\/(\.github\/workflows\/[\w.]+)@/g)].map(([, path]) => path));
    expect([...signers]).toEqual([images.path]);
    expect(images.text).toContain(`$GITHUB_REPOSITORY/${images.path}@$GITHUB_REF`);
  });

  test("take for each base image of the Dockerfiles one of the same tag", () => {
    const stages = dockerfiles.flatMap((text) => [...text.matchAll(/^FROM .* AS (\S+)$/gm)].map(([, stage]) => stage));
    const bases = dockerfiles.flatMap((text) => [...text.matchAll(/^FROM (?:--\S+ )?(\S+)/gm)].map(([, base]) => base));
    const external = new Set(bases.filter((base) => !stages.includes(base)));
    const pairs = (images.env.BASE_IMAGES ?? "").trim().split("\n");
    expect(pairs.map((pair) => pair.split("=")[0]).sort()).toEqual([...external].sort());
    for (const pair of pairs) expect(pair).toMatch(/^(\S+)=docker-image:\/\/\1(@sha256:[0-9a-f]{64})?$/);
  });

  test("are built with no base image but those", () => {
    const builds = images.jobs.flatMap(({ steps = [] }) =>
      steps.filter(({ uses }) => uses?.startsWith("docker/build-push-action@")),
    );
    expect(builds).toHaveLength(3);
    for (const build of builds) expect(build.with?.["build-contexts"]).toMatch(/^\$\{\{ env\.BASE_IMAGES \}\}$/);
  });

  test("have the Node of .nvmrc", () => {
    const version = readFileSync(`${root}/.nvmrc`, "utf8").trim();
    for (const text of dockerfiles) expect(text).toMatch(new RegExp(`^FROM node:${version}-`, "m"));
  });
});

test("the tests run on the oldest Node that package.json allows, and on that of the images", () => {
  const { engines } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
  const node = findWorkflow(".github/workflows/test.yml").jobs.flatMap(({ strategy }) => strategy?.matrix.node ?? []);
  expect(`>=${node[0]}`).toBe(engines.node);
  expect(node).toContain(readFileSync(`${root}/.nvmrc`, "utf8").trim());
});
