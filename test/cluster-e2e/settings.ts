/** Where the services are brought to, and how images get there. */
export interface Settings {
  /** kubectl's name of the cluster; said, never guessed: what is in it is deleted at the end. */
  readonly context: string;
  /**
   * A command that hands images to the cluster, to which their names are appended, such as `kind load docker-image`.
   */
  readonly load: string | undefined;
  /** Where images are pushed to instead, such as `registry.example.com/team`. */
  readonly registry: string | undefined;
  /** Components of istio/ that are applied with it, such as `istio/components/prompt-close`. */
  readonly components: readonly string[];
  /** Address of the ingress gateway's ports 80 and 3000, where its Services do not say it. */
  readonly address: string | undefined;
  readonly boardAddress: string | undefined;
}

const HELP = `the cluster suite wants a cluster with Istio that you name, and a way to bring images there:
  CROSSPOD_E2E_CONTEXT=kind-kind CROSSPOD_E2E_LOAD="kind load docker-image" npm run test:cluster-e2e
  CROSSPOD_E2E_CONTEXT=staging CROSSPOD_E2E_REGISTRY=registry.example.com/team npm run test:cluster-e2e
test/README.md says more.`;

/** Reads the environment; throws with help when something is missing. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const value = (name: string): string | undefined => environment[`CROSSPOD_E2E_${name}`] || undefined;
  const [context, load, registry] = [value("CONTEXT"), value("LOAD"), value("REGISTRY")];
  if (context === undefined || (load === undefined) === (registry === undefined)) throw new Error(HELP);
  const components = value("COMPONENTS")?.split(/\s+/) ?? [];
  return { context, load, registry, components, address: value("ADDRESS"), boardAddress: value("BOARD_ADDRESS") };
}
