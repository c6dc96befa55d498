import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { linkFrom, sectionOf, unwrap } from "../../scripts/changelog.mjs";
import { problemsOf, releaseNotes } from "../../scripts/release-notes.mjs";

const CHANGELOG = `# Changelog

## [Unreleased]

- something new

## [1.2.10] - 2026-12-02

- the tenth

## [1.2.1] - 2026-12-01

### Added

- the first

## [1.0.0]

- a version without a date
`;

describe("the section of a version", () => {
  test("is what stands between its title and the next one", () => {
    expect(sectionOf(CHANGELOG, "1.2.10")).toBe("- the tenth");
    expect(sectionOf(CHANGELOG, "1.2.1")).toBe("### Added\n\n- the first");
  });

  test("is the last one's up to the end", () => {
    expect(sectionOf("## [1.0.0] - 2026-12-01\n\n- all\n- of it\n", "1.0.0")).toBe("- all\n- of it");
  });

  test("is empty where there is none, or where it has no date", () => {
    expect(sectionOf(CHANGELOG, "1.2")).toBe("");
    expect(sectionOf(CHANGELOG, "9.9.9")).toBe("");
    expect(sectionOf(CHANGELOG, "1.0.0")).toBe("");
    expect(sectionOf(CHANGELOG, "Unreleased")).toBe("");
  });
});

describe("the page of a release", () => {
  test("has each paragraph and each item in one line", () => {
    const wrapped = "### Added\n\n- one\n  and more\n- two\n\nA text\nthat goes on.\n";
    expect(unwrap(wrapped)).toBe("### Added\n\n- one and more\n- two\n\nA text that goes on.\n");
  });

  test("leaves code and tables as they are", () => {
    const markdown = "Do this:\n```sh\nnpm ci\nnpm test\n```\nthen\nthat\n\n| a | b |\n|---|---|\n| c | d |";
    expect(unwrap(markdown)).toBe(
      "Do this:\n```sh\nnpm ci\nnpm test\n```\nthen that\n\n| a | b |\n|---|---|\n| c | d |",
    );
  });

  test("leads with relative links into the repository, and leaves the others", () => {
    const markdown = "[a](docs/a.md#x), [b](https://example.com/), [c](#here)";
    expect(linkFrom(markdown, "https://host/blob/v1")).toBe(
      "[a](https://host/blob/v1/docs/a.md#x), [b](https://example.com/), [c](#here)",
    );
  });
});

describe("a release", () => {
  const client = { name: "client", version: "1.2.3" };

  test("has one version in all packages, which name each other by it", () => {
    const app = { name: "app", version: "1.2.3", dependencies: { client: "^1.2.3", express: "^5.0.0" } };
    const manifests = new Map<string, object>([
      ["app", app],
      ["client", client],
    ]);
    expect(problemsOf("1.2.3", manifests)).toEqual([]);
  });

  test("is told of every package that has another one", () => {
    const app = { name: "app", version: "1.2.2", dependencies: { client: "^1.2.2", express: "^5.0.0" } };
    const manifests = new Map<string, object>([
      ["app", app],
      ["client", client],
    ]);
    expect(problemsOf("1.2.3", manifests)).toEqual([
      "app has the version 1.2.2, not 1.2.3",
      "app wants client ^1.2.2, not ^1.2.3",
    ]);
  });

  test.each(["1.2.3", "v1.2", "vNext", "v1.2.3 ", ""])('is not made of the tag "%s"', (tag) => {
    expect(() => releaseNotes(tag)).toThrow(/is no tag of a release/);
  });

  test("is not made of a version that the packages do not have", () => {
    expect(() => releaseNotes("v999.0.0")).toThrow(
      /package\.json has the version .*\n(.*\n)*CHANGELOG\.md has no section/,
    );
  });

  test("of the version that the packages have can be made: they agree, and CHANGELOG.md has its notes", () => {
    const { version } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
    const notes = releaseNotes(`v${version}`, "https://example.com/crosspod");
    expect(notes).toMatch(/^### \w+/);
    expect(notes).not.toMatch(/\]\((?!https?:|#)/);
  });
});
