import { expect } from "vitest";
import { readMetric } from "./metrics.ts";
import { ServiceProcess } from "./service-process.ts";

/** A pod of a service: a process of its own that shares a Redis server with others. Disposing of it ends the process. */
export class Pod implements AsyncDisposable {
  readonly process: ServiceProcess;
  readonly url: string;
  readonly adminUrl: string;

  private constructor(process: ServiceProcess, url: string, adminUrl: string) {
    this.process = process;
    this.url = url;
    this.adminUrl = adminUrl;
  }

  /** Resolves when its ports are open, which may be before it is ready. */
  static async start(app: string, name: string, environment: Readonly<Record<string, string>>): Promise<Pod> {
    const process = new ServiceProcess(app, { POD_NAME: name, ...environment });
    const { url, adminUrl } = await process.listening();
    return new Pod(process, url, adminUrl);
  }

  /** `ok`, or why it is not ready. */
  async readiness(): Promise<string> {
    const response = await fetch(`${this.adminUrl}readyz`);
    return (await response.text()).trimEnd();
  }

  untilReady(): Promise<void> {
    return expect.poll(() => this.readiness(), { timeout: 15_000 }).toBe("ok");
  }

  untilNotReady(): Promise<void> {
    return expect.poll(() => this.readiness(), { timeout: 15_000 }).not.toBe("ok");
  }

  /** See {@link readMetric}. */
  metric(name: string): Promise<number> {
    return readMetric(this.adminUrl, name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]();
  }
}
