/** An object of Kubernetes, as a manifest says it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: what is in a specification depends on the kind; the schemas hold it.
  readonly [field: string]: any;
}

/** One object, by its name as `NAMESPACE/NAME`; throws when it is not there. */
export function findManifest(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find(
    ({ kind: k, metadata }) => k === kind && `${metadata.namespace}/${metadata.name}` === name,
  );
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** Whether a selector's `matchLabels` select what has these labels. */
export const matches = (
  labels: Readonly<Record<string, string>>,
  selector: Readonly<Record<string, string>>,
): boolean => Object.entries(selector).every(([name, value]) => labels[name] === value);

/** The templates of all pods: those of Deployments and of CronJobs. */
export const podTemplatesOf = (manifests: readonly Manifest[]): Manifest["spec"][] =>
  manifests.flatMap(({ spec }) => spec?.template ?? spec?.jobTemplate?.spec.template ?? []);
