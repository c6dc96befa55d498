import { pluralize } from "../format/pluralize.ts";
import { Crowd } from "./crowd.ts";

/** How many connections are made to find the pods: with three of them, one is missed once in a thousand times. */
const CONNECTIONS = 20;

/** How many of them are made at the same time. */
const AT_ONCE = 5;

/** A client that knows which pod serves it. */
interface PodClient extends Disposable {
  readonly pod: string | undefined;
}

/** One client on each pod that answered. Disposing of it closes them. */
export class PodClients<T extends PodClient> extends Crowd<T> {
  readonly pods: readonly string[];

  private constructor(byPod: ReadonlyMap<string, T>) {
    super([...byPod.values()]);
    this.pods = [...byPod.keys()].sort();
  }

  /** Opens {@link CONNECTIONS} clients, and keeps the first on each pod. */
  static async find<T extends PodClient>(open: () => Promise<T>): Promise<PodClients<T>> {
    const byPod = new Map<string, T>();
    try {
      for (let opened = 0; opened < CONNECTIONS; opened += AT_ONCE) {
        for (const client of (await Crowd.open(AT_ONCE, open)).all) {
          if (client.pod === undefined || byPod.has(client.pod)) client[Symbol.dispose]();
          else byPod.set(client.pod, client);
        }
      }
      return new PodClients(byPod);
    } catch (error) {
      new PodClients(byPod)[Symbol.dispose]();
      throw error;
    }
  }

  /** How many pods there are, and which. */
  get summary(): string {
    return `${pluralize(this.pods.length, "pod")} in ${CONNECTIONS} connections: ${this.pods.join(", ")}`;
  }
}
