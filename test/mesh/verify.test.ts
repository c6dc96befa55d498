import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOARD_HOST } from "../helpers/kubernetes/board-host.ts";
import type { Manifest } from "../helpers/kubernetes/manifests.ts";
import { detailOf, failuresOf, verify } from "../helpers/probe/verification.ts";
import { AppPods } from "./app-pods.ts";
import { changed, without } from "./changed-istio.ts";
import { addressOf, Mesh } from "./mesh.ts";

const TEST_TIMEOUT_MS = 60_000;

const WHITEBOARD = ["whiteboard", addressOf("whiteboard"), "--host", BOARD_HOST] as const;

let broadcasters: AppPods;
let whiteboards: AppPods;

beforeAll(async () => {
  broadcasters = await AppPods.start("broadcaster", "feed-a", "feed-b");
  whiteboards = await AppPods.start("whiteboard", "board-a", "board-b", "board-c");
});

afterAll(async () => {
  await whiteboards[Symbol.asyncDispose]();
  await broadcasters[Symbol.asyncDispose]();
});

const meshUp = (istio?: readonly Manifest[]): Promise<Mesh> =>
  Mesh.up({ broadcaster: broadcasters.all, whiteboard: whiteboards.all }, istio);

describe("crosspod verify through the gateway", { timeout: TEST_TIMEOUT_MS }, () => {
  test("finds that all holds of the broadcaster: silent connections live, the admin port is closed", async () => {
    await using _mesh = await meshUp();
    const { exitCode, targets } = await verify("broadcaster", addressOf("broadcaster"), "--idle", "3s");
    expect(targets[0]?.filter(({ result }) => result !== "pass")).toEqual([]);
    expect(exitCode).toBe(0);
    expect(detailOf(targets[0], "pods")).toMatch(/^2 pods in 20 connections: feed-a, feed-b;/);
  });

  test("finds that all holds of the whiteboard, by its name: the cookie io keeps long polling on one pod", async () => {
    await using _mesh = await meshUp();
    const { exitCode, targets } = await verify(...WHITEBOARD, "--idle", "3s");
    expect(targets[0]?.filter(({ result }) => result !== "pass")).toEqual([]);
    expect(exitCode).toBe(0);
    // The gateway sends those without a cookie anywhere, so that all may miss one pod.
    expect(detailOf(targets[0], "pods")).toMatch(/^[23] pods in 20 connections/);
    expect(detailOf(targets[0], "long polling")).toMatch(
      /^30 of 30 requests of a session reached its pod, by the cookie io="[0-9a-f]{16}"; Path=\/; HttpOnly$/,
    );
  });

  test.each([
    ["wb-dr is left out", without("DestinationRule", "istio-wb-server/wb-dr")],
    [
      "wb-dr has no ttl",
      changed("DestinationRule", "istio-wb-server/wb-dr", ({ trafficPolicy }) => {
        delete trafficPolicy.loadBalancer.consistentHash.httpCookie.ttl;
      }),
    ],
  ])("finds that long polling alone fails when %s, and names it", async (_what, istio) => {
    await using _mesh = await meshUp(istio);
    const { exitCode, targets } = await verify(...WHITEBOARD);
    expect(exitCode).toBe(1);
    expect(failuresOf(targets[0])).toEqual([
      expect.objectContaining({
        name: "long polling",
        detail: expect.stringMatching(
          /^lost its session: \d+ of 30 requests answered 400; the requests reached [23] pods$/,
        ),
        cause: expect.stringContaining("no gateway set a cookie"),
        fix: expect.stringMatching(/is the DestinationRule wb-dr applied, .* ttl: 0s\?/),
      }),
    ]);
  });

  test("says that the gateway has no pod when istio-wb-vs leads to a port that wb-svc has not", async () => {
    await using _mesh = await meshUp(
      changed("VirtualService", "istio-wb-server/istio-wb-vs", ({ http }) => {
        http[0].route[0].destination.port.number = 3001;
      }),
    );
    const { exitCode, targets } = await verify(...WHITEBOARD);
    expect(exitCode).toBe(1);
    expect(failuresOf(targets[0])).toEqual([
      expect.objectContaining({
        name: "reachable",
        detail: "GET / was answered with 503",
        fix: expect.stringContaining("does the Service's selector match them, and its port?"),
      }),
    ]);
  });

  test("says to ask for the gateway's name when the whiteboard is asked for by its address", async () => {
    await using _mesh = await meshUp();
    const { exitCode, targets } = await verify("whiteboard", addressOf("whiteboard"));
    expect(exitCode).toBe(1);
    expect(failuresOf(targets[0])).toContainEqual(
      expect.objectContaining({
        name: "page",
        detail: expect.stringContaining("404"),
        fix: expect.stringContaining("--host NAME asks for the name"),
      }),
    );
  });
});
