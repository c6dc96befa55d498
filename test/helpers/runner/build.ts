import { build } from "../../../scripts/build.mjs";

/** Builds the apps once, before tests start them or open their pages. */
export default async function setup(): Promise<void> {
  await build();
}
