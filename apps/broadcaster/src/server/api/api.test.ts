import request from "supertest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FeedSocket } from "../../../../../test/helpers/feed/feed-socket.ts";
import { type RunningBroadcaster, startBroadcaster } from "../../../../../test/helpers/feed/running-broadcaster.ts";
import { exchange } from "../../../../../test/helpers/network/raw-http.ts";
import { type FeedStore, FeedStoreError } from "../store/feed-store.ts";
import { MemoryFeedStore } from "../store/memory-feed-store.ts";

let broadcaster: RunningBroadcaster;

const client = () => request(new URL(broadcaster.url).origin);

const restart = async (environment: Record<string, string>, store?: FeedStore): Promise<void> => {
  await broadcaster[Symbol.asyncDispose]();
  broadcaster = await startBroadcaster(environment, store);
};

beforeEach(async () => {
  broadcaster = await startBroadcaster();
});

afterEach(async () => {
  await broadcaster[Symbol.asyncDispose]();
});

describe("/api", () => {
  test("[B1] GET publishes one update, as in Istio's tutorial, and answers with its revision", async () => {
    using reader = await FeedSocket.open(broadcaster.url);
    const { body, headers } = await client().get("/api?id=8&value=300").expect(200);
    expect(body).toEqual({ revision: 1, pod: "pod-a" });
    expect(headers["cache-control"]).toBe("no-store");
    expect(await reader.untilValue("8", "300")).toMatchObject({ revision: 1 });
  });

  test("[B1] GET reads percent-encoded UTF-8, and a plus as a space", async () => {
    using reader = await FeedSocket.open(broadcaster.url);
    await client().get("/api?value=3+%2B%C2%B0%3D%26?&id=%F0%9F%A5%B6&other=1&other=2").expect(200);
    await reader.untilValue("🥶", "3 +°=&?");
  });

  test("[B2] POST publishes a batch and answers with the revision of the last", async () => {
    using reader = await FeedSocket.open(broadcaster.url);
    const batch = [
      { id: "5", value: "600" },
      { id: "1", value: "200" },
    ];
    const { body } = await client().post("/api").send(batch).expect(200);
    expect(body).toMatchObject({ revision: 2 });
    await reader.untilValue("1", "200");
    expect(reader.updates.map(({ id, revision }) => [id, revision])).toEqual([
      ["5", 1],
      ["1", 2],
    ]);
  });

  test("[B2] of a batch with one wrong update nothing is published", async () => {
    const batch = [{ id: "5", value: "600" }, { id: "1" }];
    await client().post("/api").send(batch).expect(422);
    await client().get("/api?id=8&value=300").expect(200, { revision: 1, pod: "pod-a" });
  });

  test("[B3] asks for the bearer token when there is one, and compares it as a whole", async () => {
    await restart({ API_TOKEN: "open-sesame" });
    const get = () => client().get("/api?id=8&value=300");
    const { headers, body } = await get().expect(401);
    expect(headers["www-authenticate"]).toBe('Bearer realm="crosspod"');
    expect(body.type).toBe("urn:crosspod:problem:unauthorized");
    for (const wrong of ["Bearer", "Bearer open", "Bearer open-sesame2", "Basic open-sesame"]) {
      await get().set("Authorization", wrong).expect(401);
    }
    await get().set("Authorization", "Bearer open-sesame").expect(200);
    await get().set("Authorization", "bearer open-sesame").expect(200);
  });

  test("[B1] takes a request in the form of a whole URL, as a proxy may send it", async () => {
    const { host } = new URL(broadcaster.url);
    const request = `GET http://${host}/api?id=8&value=300 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    expect((await exchange(broadcaster.port, request)).toString()).toContain('{"revision":1,');
  });

  test("[B3] the feed takes as many ids as MAX_IDS says, and known ids after that", async () => {
    await restart({ MAX_IDS: "2" });
    const get = (id: string) => client().get(`/api?id=${id}&value=1`);
    await get("1").expect(200);
    await get("2").expect(200);
    const { body } = await get("3").expect(422);
    expect(body.errors).toMatchObject([{ field: "id", code: "too-many", limit: 2 }]);
    await get("1").expect(200);
  });

  test("[B1] [B3] when the store cannot append it answers 503 and when to try again", async () => {
    class AwayFeedStore extends MemoryFeedStore {
      override append(): Promise<number> {
        return Promise.reject(new FeedStoreError("unavailable", "the store does not answer"));
      }
    }
    await restart({}, new AwayFeedStore({ maxIds: 10 }));
    const { body, headers } = await client().get("/api?id=8&value=300").expect(503);
    expect(headers["retry-after"]).toBe("1");
    expect(body).toMatchObject({ status: 503, detail: "the store does not answer" });
  });

  test("[A4] what nobody foresaw is answered without its details", async () => {
    class BrokenFeedStore extends MemoryFeedStore {
      override append(): Promise<number> {
        return Promise.reject(new Error("secret"));
      }
    }
    await restart({}, new BrokenFeedStore({ maxIds: 10 }));
    const { text } = await client().get("/api?id=8&value=300").expect(500);
    expect(text).not.toContain("secret");
  });

  test("[A5] a page of another origin is refused where origins are listed", async () => {
    await restart({ ALLOWED_ORIGINS: "https://a.example" });
    const get = () => client().get("/api?id=8&value=300");
    await get().set("Origin", "https://b.example").expect(403);
    await get().set("Origin", "https://a.example").expect(200);
    await get().set("Origin", new URL(broadcaster.url).origin).expect(200);
    await get().expect(200);
  });
});
