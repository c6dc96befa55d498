import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Runs the tests first that lie nearest to the mutated file: they fail soonest, and the first that fails is enough. */
export class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [mutated = ""] = this.ctx.config.related ?? [];
    const shared = ({ moduleId }: TestSpecification): number => {
      const length = [...moduleId].findIndex((character, index) => character !== mutated[index]);
      return length < 0 ? moduleId.length : length;
    };
    return [...files].sort((a, b) => shared(b) - shared(a));
  }
}
