import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export type { Registry } from "prom-client";

/** A registry of its own for each service object, with the process's own figures (CPU, memory, event loop) in it. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** What makes metrics in a registry. */
export function metricsIn(registry: Registry) {
  const registers = [registry];
  return {
    /** A gauge whose value is read at each scrape. */
    gauge(name: string, help: string, value: () => number): void {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    },
    counter: (name: string, help: string): Counter => new Counter({ name, help, registers }),
    /** One with a label, at 0 for each of `values`: alerts miss the first burst of a series that begins later. */
    counterBy<L extends string>(label: L, name: string, help: string, values: readonly string[] = []): Counter<L> {
      const counter = new Counter<L>({ name, help, labelNames: [label], registers });
      for (const value of values) counter.labels(value).inc(0);
      return counter;
    },
    histogram: (name: string, help: string, buckets = LATENCY_BUCKETS_SECONDS): Histogram =>
      new Histogram({ name, help, buckets, registers }),
  };
}

/** Bucket bounds, in seconds, for what should take a few milliseconds and must not take seconds. */
const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
