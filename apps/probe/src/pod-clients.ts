/** How many connections are made to find the pods: with three of them, one is missed once in a thousand times. */
export const POD_CONNECTIONS = 20;

/** How many of them are made at the same time. */
const AT_ONCE = 5;

/** One client on each pod that answered. Disposing of it closes them. */
export class PodClients<T extends Disposable> implements Disposable {
  readonly byPod: ReadonlyMap<string, T>;

  private constructor(byPod: ReadonlyMap<string, T>) {
    this.byPod = byPod;
  }

  /** Opens {@link POD_CONNECTIONS} clients, and keeps the first on each pod. */
  static async open<T extends Disposable>(
    open: () => Promise<T>,
    podOf: (client: T) => string | undefined,
  ): Promise<PodClients<T>> {
    const byPod = new Map<string, T>();
    const clients = new PodClients(byPod);
    for (let opened = 0; opened < POD_CONNECTIONS; opened += AT_ONCE) {
      const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, open));
      for (const result of results) if (result.status === "fulfilled") keepFirst(byPod, result.value, podOf);
      const failed = results.find((result) => result.status === "rejected");
      if (!failed) continue;
      clients[Symbol.dispose]();
      throw failed.reason;
    }
    return clients;
  }

  get pods(): string[] {
    return [...this.byPod.keys()].sort();
  }

  get all(): T[] {
    return [...this.byPod.values()];
  }

  [Symbol.dispose](): void {
    for (const client of this.all) client[Symbol.dispose]();
  }
}

function keepFirst<T extends Disposable>(
  byPod: Map<string, T>,
  client: T,
  podOf: (client: T) => string | undefined,
): void {
  const pod = podOf(client);
  if (pod === undefined || byPod.has(pod)) client[Symbol.dispose]();
  else byPod.set(pod, client);
}
