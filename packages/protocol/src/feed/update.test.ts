import { describe, expect, test } from "vitest";
import { MAX_BATCH_UPDATES, MAX_ID_LENGTH, MAX_VALUE_LENGTH, parseUpdates } from "./update.ts";

const valid = { id: "8", value: "300" };

describe("parseUpdates", () => {
  test("[B2] reads one update, or a batch in its order, and leaves out what it does not know", () => {
    expect(parseUpdates({ ...valid, unknown: 1 })).toEqual({ ok: true, value: [valid] });
    expect(parseUpdates([valid, { id: "5", value: "600" }])).toEqual({
      ok: true,
      value: [valid, { id: "5", value: "600" }],
    });
    const most = Array.from({ length: MAX_BATCH_UPDATES }, () => valid);
    expect(parseUpdates(most)).toEqual({ ok: true, value: most });
  });

  test("[B3] takes what is just within the limits, and any language", () => {
    const longest = { id: "i".repeat(MAX_ID_LENGTH), value: "v".repeat(MAX_VALUE_LENGTH) };
    expect(parseUpdates(longest)).toEqual({ ok: true, value: [longest] });
    const greek = { id: "θερμοκρασία", value: "−3 °C 🥶" };
    expect(parseUpdates(greek)).toEqual({ ok: true, value: [greek] });
  });

  test.each([
    ["nothing", {}, "id", "missing"],
    ["no value", { id: "8" }, "value", "missing"],
    ["an inherited id", Object.create(valid), "id", "missing"],
    ["a number", { id: 8, value: "300" }, "id", "wrong-type"],
    ["null", { id: "8", value: null }, "value", "wrong-type"],
    ["an empty id", { id: "", value: "300" }, "id", "empty"],
    ["white space", { id: "8", value: " \t " }, "value", "empty"],
    ["a long id", { id: "i".repeat(MAX_ID_LENGTH + 1), value: "3" }, "id", "too-long"],
    ["a long value", { id: "8", value: "v".repeat(MAX_VALUE_LENGTH + 1) }, "value", "too-long"],
    ["a line break", { id: "8", value: "3\n0" }, "value", "control-characters"],
    ["a C1 control", { id: "8\u0085x", value: "3" }, "id", "control-characters"],
    ["half a surrogate pair", { id: "8", value: "\ud83d" }, "value", "not-unicode"],
    ["a string", "8=300", "body", "wrong-type"],
    ["null", null, "body", "wrong-type"],
    ["an empty array", [], "body", "empty"],
    ["a long array", Array.from({ length: MAX_BATCH_UPDATES + 1 }, () => valid), "body", "too-many"],
    ["an array in an array", [[valid]], "[0]", "wrong-type"],
    ["one wrong update among right ones", [valid, valid, { id: "8" }], "[2].value", "missing"],
  ])("[B3] refuses %s and names the field", (_what, json, field, code) => {
    const result = parseUpdates(json);
    expect(result).toMatchObject({ ok: false, error: { field, code } });
    expect(result.ok || result.error.detail).toContain(field);
  });
});
