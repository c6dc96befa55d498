// Prints the notes of a release, as CHANGELOG.md has them: `node scripts/release-notes.mjs v1.2.3`.
// Says in one line each what does not agree with the tag, and fails.
import { readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { root } from "./apps.mjs";
import { linkFrom, sectionOf, unwrap } from "./changelog.mjs";

/**
 * What is read of a package.json, or of its entry in package-lock.json.
 * @typedef {{ name?: string, version?: string, dependencies?: Record<string, string> }} Manifest
 */

const TAG = /^v(\d+\.\d+\.\d+(?:-[\w.-]+)?)$/;

/**
 * What keeps a version from its release, one line each: all packages have it, and name each other by it.
 * @param {string} version
 * @param {ReadonlyMap<string, Manifest>} manifests by where they are
 */
export function problemsOf(version, manifests) {
  const ours = new Set([...manifests.values()].map(({ name }) => name));
  return [...manifests].flatMap(([file, manifest]) => {
    const own = manifest.version === version ? [] : [`${file} has the version ${manifest.version}, not ${version}`];
    const ranges = Object.entries(manifest.dependencies ?? {}).filter(([name]) => ours.has(name));
    const others = ranges.filter(([, range]) => range !== `^${version}`);
    return [...own, ...others.map(([name, range]) => `${file} wants ${name} ${range}, not ^${version}`)];
  });
}

/**
 * The notes of a tag. Throws with all that does not agree with it.
 * @param {string} tag
 * @param {string} [repositoryUrl] makes links of the notes lead into the repository, as it is at that tag
 */
export function releaseNotes(tag, repositoryUrl) {
  const [, version] = TAG.exec(tag) ?? [];
  if (!version) throw new Error(`"${tag}" is no tag of a release, as v1.2.3 and v1.2.3-rc.1 are`);
  const section = sectionOf(read("CHANGELOG.md"), version);
  const problems = problemsOf(version, readManifests());
  if (!section) problems.push(`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD" with something in it`);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return repositoryUrl ? linkFrom(unwrap(section), `${repositoryUrl}/blob/${tag}`) : unwrap(section);
}

/** Every package.json of the repository, and what the lock file notes of each. */
function readManifests() {
  const folders = ["apps", "packages"].flatMap((parent) =>
    readdirSync(`${root}/${parent}`).map((name) => `${parent}/${name}/`),
  );
  const { packages } = JSON.parse(read("package-lock.json"));
  /** @type {Map<string, Manifest>} */
  const manifests = new Map();
  for (const folder of ["", ...folders]) {
    const file = `${folder}package.json`;
    manifests.set(file, JSON.parse(read(file)));
    manifests.set(`package-lock.json: ${file}`, packages[folder.slice(0, -1)] ?? {});
  }
  return manifests;
}

/** @param {string} file of the repository */
const read = (file) => readFileSync(`${root}/${file}`, "utf8");

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
  try {
    console.log(releaseNotes(process.argv[2] ?? "", server && repository && `${server}/${repository}`));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
