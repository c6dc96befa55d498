import { build } from "../../scripts/build.mjs";

/** Builds the apps once before browsers open their pages. */
export default async function setup(): Promise<void> {
  await build();
}
