import { describe, expect, test } from "vitest";
import { Target } from "./target.ts";

describe("a target", () => {
  test.each([
    ["https://a.example.com:8443/page", "/ws?hello=1", "wss://a.example.com:8443/ws?hello=1"],
    ["https://a.example.com/", "wss://a.example.com/ws", "wss://a.example.com/ws"],
    ["http://a.example.com:8888/", "/ws", "ws://a.example.com:8888/ws"],
    ["http://a.example.com:8888/", "ws://a.example.com:8888/ws", "ws://a.example.com:8888/ws"],
  ])("%s has the WebSocket %s at %s", (url, path, expected) => {
    expect(new Target(new URL(url)).webSocketAt(path).href).toBe(expected);
  });

  test("is asked for another name, and is still at its address", () => {
    const target = new Target(new URL("http://127.0.0.1:3000/page"), { host: "wb.example.com" });
    expect(target.url.href).toBe("http://wb.example.com:3000/");
    expect(target.isLoopback).toBe(true);
    expect(target.atPort(3001).url.href).toBe("http://127.0.0.1:3001/");
  });

  test.each([
    ["http://localhost/", true],
    ["http://[::1]:80/", true],
    ["http://127.1.2.3/", true],
    ["http://10.0.0.1/", false],
    ["http://127.example.com/", false],
  ])("%s is this machine: %s", (url, isLoopback) => {
    expect(new Target(new URL(url)).isLoopback).toBe(isLoopback);
  });
});
