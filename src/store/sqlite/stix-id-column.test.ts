/** Goal: every id is read as it was written; those of the usual form take 16 bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stixIdOf, storedStixId } from "./stix-id-column.ts";

const UUID = "8a1f3c52-6b0e-4d97-9e24-0123456789ab";

test("ids are bytes where nothing is lost by it", () => {
  const cases = [
    [`indicator--${UUID}`, "indicator", "8a1f3c526b0e4d979e240123456789ab"],
    [`x-sample--${UUID}`, "x-sample", "8a1f3c526b0e4d979e240123456789ab"],
    [`indicator--${UUID}`, "malware", `indicator--${UUID}`],
    [`indicator--${UUID.toUpperCase()}`, "indicator", `indicator--${UUID.toUpperCase()}`],
    [`indicator--${UUID}0`, "indicator", `indicator--${UUID}0`],
    [`indicator-${UUID}`, "indicator", `indicator-${UUID}`],
    [UUID, "", UUID],
    [`--${UUID}`, "", "8a1f3c526b0e4d979e240123456789ab"],
    ['a"\u0000', "indicator", 'a\\"\\u0000'],
    ["", "", ""],
  ] as const;
  for (const [stixId, type, expected] of cases) {
    const stored = storedStixId(stixId, type);
    const shown = typeof stored === "string" ? stored : Buffer.from(stored).toString("hex");
    assert.equal(shown, expected, stixId);
    assert.equal(stixIdOf(stored, type), stixId);
  }
});
