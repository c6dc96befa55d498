import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { stringify } from "yaml";
import type { Manifest } from "../helpers/kubernetes/manifests.ts";
import type { Pod } from "../helpers/service/pod.ts";
import { GATEWAY_ADDRESS, runMesh } from "./mesh-program.ts";

/** What the probe can be run against, with its Service of Kubernetes and its way in through the gateway. */
const APPS = {
  broadcaster: { service: "tornado.default", port: 80 },
  whiteboard: { service: "wb-svc.istio-wb-server", port: 3000 },
} as const;

export type App = keyof typeof APPS;

/** The pods that are listed as an app's endpoints, ready or not, alive or not. */
export type Endpoints = Readonly<Partial<Record<App, readonly Pod[]>>>;

/** The address of an app at the gateway. */
export const addressOf = (app: App): string => `http://${GATEWAY_ADDRESS}:${APPS[app].port}/`;

/**
 * A real istiod and a real Envoy as its ingress gateway, with the objects of k8s/ and istio/, and processes for pods.
 * Disposing of it ends both.
 */
export class Mesh implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Resolves when the gateway has all of it. @param istio in place of the objects of istio/. */
  static async up(endpoints: Endpoints, istio?: readonly Manifest[]): Promise<Mesh> {
    const mesh = new Mesh(await mkdtemp(`${tmpdir()}/crosspod-mesh-`));
    try {
      const manifests = `k8s ${istio ? await mesh.#write(istio) : "istio"}`;
      const listed = argumentsOf(endpoints).flatMap((each) => ["--endpoint", each]);
      await runMesh("up", "--manifests", manifests, "--bind", GATEWAY_ADDRESS, ...listed);
      return mesh;
    } catch (error) {
      await mesh[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Replaces the endpoints of apps. Resolves when the gateway knows. */
  async list(endpoints: Endpoints): Promise<void> {
    await runMesh("endpoints", ...argumentsOf(endpoints));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
    await runMesh("down");
  }

  async #write(objects: readonly Manifest[]): Promise<string> {
    const path = `${this.#directory}/istio.yaml`;
    await writeFile(path, objects.map((object) => `---\n${stringify(object)}`).join(""));
    return path;
  }
}

const argumentsOf = (endpoints: Endpoints): string[] =>
  Object.entries(endpoints).map(
    ([app, pods]) => `${APPS[app as App].service}=${pods.map(({ url }) => new URL(url).host).join(",")}`,
  );
