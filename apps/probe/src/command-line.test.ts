import { describe, expect, test } from "vitest";
import { parseCommandLine } from "./command-line.ts";

function parse(line: string) {
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  const command = parseCommandLine(line.split(" ").filter(Boolean), { line: write, error: write });
  return { command, written: written.join("") };
}

describe("the command line", () => {
  test("verifies a service that is named", () => {
    expect(parse("verify broadcaster http://localhost:8888").command).toMatchObject({
      command: "verify",
      targets: [{ service: "broadcaster", url: new URL("http://localhost:8888/") }],
      timeoutMs: 10_000,
      idleMs: undefined,
      isJson: false,
    });
  });

  test("verifies several, named or not, with options", () => {
    const line = "verify http://a:1 whiteboard https://b:2 --host wb.example.com --json --timeout 3s --idle 70s";
    expect(parse(line).command).toMatchObject({
      targets: [
        { service: undefined, url: new URL("http://a:1/") },
        { service: "whiteboard", url: new URL("https://b:2/") },
      ],
      host: "wb.example.com",
      isJson: true,
      timeoutMs: 3_000,
      idleMs: 70_000,
    });
  });

  test("watches a service for a while", () => {
    expect(parse("watch http://a:1 --for 5m --service whiteboard --clients 5 --rate 10").command).toMatchObject({
      command: "watch",
      target: { service: "whiteboard", url: new URL("http://a:1/") },
      forMs: 300_000,
      clients: 5,
      rate: 10,
    });
  });

  test.each([
    "",
    "prove http://a:1",
    "verify",
    "verify broadcaster",
    "verify ftp://a",
    "verify whiteboard broadcaster",
  ])("'%s' is wrong use", (line) => expect(parse(line).command).toEqual({ command: "none", exitCode: 2 }));

  test.each([
    ["verify http://a --timeout soon", "a duration such as 70s"],
    ["verify http://a --timeout 241h", "up to 240h"],
    ["verify http://a --host b:80", "a name such as wb.example.com"],
    ["verify http://a --host 10.0.0.1", "a name such as wb.example.com"],
    ["verify http://a --nothing", "unknown option"],
    ["verify localhost", "no URL such as http://localhost:8888/"],
    ["verify http://a:secret@b", "without a user"],
    ["watch http://a:secret@b", "without a user"],
    ["watch http://a --clients 501", "a whole number from 1 to 500"],
    ["watch http://a --service tornado", "broadcaster, whiteboard"],
  ])("'%s' is wrong use, and it says why", (line, why) => {
    const { command, written } = parse(line);
    expect(command).toEqual({ command: "none", exitCode: 2 });
    expect(written).toContain(why);
  });

  test("answers a question for help or the version", () => {
    expect(parse("--help")).toMatchObject({ command: { exitCode: 0 }, written: expect.stringContaining("verify") });
    expect(parse("--version")).toMatchObject({ command: { exitCode: 0 }, written: expect.stringMatching(/^\d+\.\d+/) });
  });
});
