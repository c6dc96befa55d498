import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Registry } from "prom-client";
import type { ServiceConfig } from "../config.ts";
import { createAdminServer } from "../http/admin.ts";
import { closeServer, listen } from "../http/listen.ts";
import { Health } from "../observability/health.ts";
import type { Log } from "../observability/log.ts";
import { createMetrics, metricsIn } from "../observability/metrics.ts";
import type { Ports } from "./run.ts";
import { spreadOver } from "./spread-over.ts";

/** What every service has around what it does: health, metrics, version, and the admin server [A1] [A3]. */
export class ServiceHost {
  readonly health: Health;
  readonly metrics: Registry = createMetrics();
  readonly version: string;
  readonly #config: ServiceConfig;
  readonly #log: Log;
  readonly #adminServer: Server;
  #keepsAlive = true;

  /** @param name of the service, as `/version` says it. */
  constructor(name: string, config: ServiceConfig, packageVersion: string, log: Log) {
    this.version = config.version ?? packageVersion;
    this.#config = config;
    this.#log = log;
    this.health = new Health(log);
    const { revision, podName: pod } = config;
    const { health, metrics, version } = this;
    this.#adminServer = createAdminServer(health, metrics, { name, version, revision, pod }, log);
    const isReady = (): number => Number(health.notReady === undefined);
    metricsIn(metrics).gauge("crosspod_ready", "Whether this pod wants new clients (1) or not (0)", isReady);
  }

  /** Opens both ports; from then on the service is ready, as far as it depends on them. */
  async listen(server: Server): Promise<Ports> {
    const { host } = this.#config;
    server.prependListener("request", (_request, response) => {
      if (!this.#keepsAlive) response.shouldKeepAlive = false;
    });
    const adminPort = await listen(this.#adminServer, host, this.#config.adminPort, "ADMIN_PORT");
    const port = await listen(server, host, this.#config.port, "PORT");
    this.#log.info({ host, port, adminPort, version: this.version }, `open http://localhost:${port}/`);
    this.health.up("service");
    return { port, adminPort };
  }

  /** Says not ready, gives the gateway time to notice, and asks the clients to move, spread over the drain [A3]. */
  async drain<T>(clients: () => Iterable<T>, drainClient: (client: T) => void): Promise<void> {
    this.health.down("service", "leaving");
    await sleep(this.#config.unreadySeconds * 1_000);
    this.#keepsAlive = false;
    await spreadOver(clients, this.#config.drainSeconds, drainClient);
  }

  /** Closes the admin server: the last thing to go. */
  close(): Promise<void> {
    return closeServer(this.#adminServer);
  }
}
