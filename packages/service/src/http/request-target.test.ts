import { expect, test } from "vitest";
import { requestTarget } from "./request-target.ts";

test.each([
  ["/api?id=8&value=a?b", "/api", "id=8&value=a?b"],
  ["/api", "/api", ""],
  ["http://wb.example.com:3000/api?id=8", "/api", "id=8"],
  ["http://wb.example.com?x", "/", "x"],
  ["http://wb.example.com", "/", ""],
  ["*", "*", ""],
  ["http://[/api?id=8", "http://[/api", "id=8"],
])("%s is %s with the query %s", (url, path, query) => {
  expect(requestTarget({ url })).toEqual({ path, query });
});
