import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Takes files of the browser suite and others in turns: a browser keeps a core busy, most others wait most of the time,
 * so that one of each does not keep the other from its work.
 */
export class AlternatingSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isBrowser = ({ project }: TestSpecification): boolean => project.name === "browser";
    const browser = sorted.filter(isBrowser);
    const others = sorted.filter((file) => !isBrowser(file));
    const longest = Math.max(browser.length, others.length);
    return Array.from({ length: longest }, (_, index) => [browser[index], others[index]])
      .flat()
      .filter((file) => file !== undefined);
  }
}
