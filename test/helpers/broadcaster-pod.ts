import { expect } from "vitest";
import { ServiceProcess } from "./service-process.ts";

const READINESS_DEADLINE_MS = 15_000;

/** A pod of the broadcaster: a process of its own, and where it is. Disposing of it ends the process. */
export class BroadcasterPod implements AsyncDisposable {
  private constructor(
    readonly name: string,
    readonly process: ServiceProcess,
    readonly url: string,
    readonly adminUrl: string,
  ) {}

  /** Resolves when it listens; `environment` says where its Redis is. */
  static async start(name: string, environment: Readonly<Record<string, string>>): Promise<BroadcasterPod> {
    const process = new ServiceProcess("broadcaster", { POD_NAME: name, HEARTBEAT_SECONDS: "1", ...environment });
    try {
      const { url, adminUrl } = await process.listening();
      return new BroadcasterPod(name, process, url, adminUrl);
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** What /readyz says: `ok` and a line's end, or why it is not ready. */
  async readiness(): Promise<string> {
    const response = await fetch(`${this.adminUrl}readyz`);
    return response.text();
  }

  async untilReady(): Promise<void> {
    await expect.poll(() => this.readiness(), { timeout: READINESS_DEADLINE_MS }).toBe("ok\n");
  }

  async untilNotReady(): Promise<void> {
    await expect.poll(() => this.readiness(), { timeout: READINESS_DEADLINE_MS }).not.toBe("ok\n");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]();
  }
}
