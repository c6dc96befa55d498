import { type Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

export { Counter, Histogram, type Registry } from "prom-client";

/** A registry of its own for each service object, with the process's own figures (CPU, memory, event loop) in it. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Registers a gauge whose value is asked for when somebody looks. */
export function registerGauge(registry: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value());
    },
  });
}

/** Begins a counter with one label at 0 for each value: alerts miss the first burst of a series that comes later. */
export function startAtZero(counter: Counter, values: readonly string[]): void {
  for (const value of values) counter.labels(value).inc(0);
}

/** Bucket bounds, in seconds, for what should take a few milliseconds and must not take seconds. */
export const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
