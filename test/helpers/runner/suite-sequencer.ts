import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * What takes longest, so that no worker is left with one of them when the others are done. Those that only wait come
 * before those that keep a core busy, since all browsers that are open at once do.
 */
const LONG = [
  "browser/whiteboard-drawing",
  "browser/whiteboard-outbox",
  "browser/whiteboard-accessibility",
  "cluster/redis-handover",
  "cluster/whiteboard-redis",
  "cluster/probe",
  "docs/commands",
  "cluster/whiteboard-rolling",
  "cluster/probe-watch",
  "cluster/broadcaster-frozen-client",
];

/**
 * First what takes long, then files of the browser suite and others in turns: a browser keeps a core busy, most others
 * wait most of the time. Files that start no services come last, since they are short.
 */
export class SuiteSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
    const services = sorted.filter(({ project }) => project.name === "services");
    const browser = services.filter(isBrowser);
    const others = services.filter((file) => !isBrowser(file));
    const longest = Math.max(browser.length, others.length);
    const turns = Array.from({ length: longest }, (_, index) => [browser[index], others[index]]).flat();
    return [...turns, ...sorted.filter((file) => !services.includes(file))].filter((file) => file !== undefined);
  }
}

const isBrowser = ({ moduleId }: TestSpecification): boolean => moduleId.includes("/test/browser/");

function rank({ moduleId }: TestSpecification): number {
  const index = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return index < 0 ? LONG.length : index;
}
