import { expect, vi } from "vitest";
import { readMetric } from "./metrics.ts";
import { ServiceProcess } from "./service-process.ts";

/** For a change of readiness. */
const WAIT = { timeout: 30_000 } as const;

/** A pod of a service: a process of its own, and where it is. Disposing of it ends the process. */
export class Pod implements AsyncDisposable {
  private constructor(
    readonly name: string,
    readonly process: ServiceProcess,
    readonly url: string,
    readonly adminUrl: string,
  ) {}

  /**
   * Resolves when it listens, which may be before it is ready; `environment` says where its Redis is.
   * @param app as for {@link ServiceProcess}.
   */
  static async start(app: string, name: string, environment: Readonly<Record<string, string>>): Promise<Pod> {
    const process = new ServiceProcess(app, { POD_NAME: name, ...environment });
    try {
      const { url, adminUrl } = await process.listening();
      return new Pod(name, process, url, adminUrl);
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** What /readyz says: `ok`, or why it is not ready. */
  async readiness(): Promise<string> {
    const response = await fetch(`${this.adminUrl}readyz`);
    return (await response.text()).trimEnd();
  }

  async untilReady(): Promise<void> {
    await vi.waitFor(async () => expect(await this.readiness()).toBe("ok"), WAIT);
  }

  async untilNotReady(): Promise<void> {
    await vi.waitFor(async () => expect(await this.readiness()).not.toBe("ok"), WAIT);
  }

  /** See {@link readMetric}. */
  metric(name: string): Promise<number> {
    return readMetric(this.adminUrl, name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]();
  }
}
