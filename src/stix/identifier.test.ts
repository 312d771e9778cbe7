/** Goal: identifiers and UUIDs are recognised exactly, in linear time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isTypeName, readIdentifier, uuidVersion, uuidVersionOf } from "./identifier.ts";

const UUIDS: readonly (readonly [string, number])[] = [
  ["26ffb872-1dd9-446e-b6f5-d58527e5b5d2", 4],
  ["26FFB872-1DD9-446E-B6F5-D58527E5B5D2", 4],
  ["28bb3599-77cd-5a82-a950-b5bc3caf07c4", 5],
  ["1621d4d4-b67d-11e3-9670-f01faf20d111", 1],
  ["01890a5d-ac96-774b-bcce-b302099a8057", 7],
  ["26ffb872-1dd9-946e-b6f5-d58527e5b5d2", 0],
  ["26ffb872-1dd9-046e-b6f5-d58527e5b5d2", 0],
  ["26ffb872-1dd9-446e-76f5-d58527e5b5d2", 0],
  ["26ffb872-1dd9-446e-c6f5-d58527e5b5d2", 0],
  ["26ffb872-1dd9-446e-b6f5-d58527e5b5d", 0],
  ["26ffb872-1dd9-446e-b6f5-d58527e5b5d2\n", 0],
  ["26ffb8721dd9446eb6f5d58527e5b5d2", 0],
  ["g6ffb872-1dd9-446e-b6f5-d58527e5b5d2", 0],
  ["", 0],
];

test("the version of a UUID", () => {
  for (const [text, version] of UUIDS) {
    assert.equal(uuidVersion(text, 0), version, text);
  }
});

test("an identifier is a type and a UUID", () => {
  assert.deepEqual(readIdentifier("indicator--26ffb872-1dd9-446e-b6f5-d58527e5b5d2"), {
    type: "indicator",
    uuidVersion: 4,
  });
  assert.deepEqual(readIdentifier("indicator--some-resource"), {
    type: "indicator",
    uuidVersion: 0,
  });
  assert.equal(readIdentifier("--26ffb872-1dd9-446e-b6f5-d58527e5b5d2"), undefined);
  assert.equal(readIdentifier("indicator"), undefined);
});

test("names of types", () => {
  for (const name of ["ab1", "x-mitre-tactic", "ipv4-addr", "a".repeat(250)]) {
    assert.equal(isTypeName(name), true, name);
  }
  for (const name of ["ab", "4ab", "-ab", "Abc", "a_bc", "a--b", "a b", "", "a".repeat(251)]) {
    assert.equal(isTypeName(name), false, name);
  }
});

test("an identifier of a known type", () => {
  const uuid = "26ffb872-1dd9-446e-b6f5-d58527e5b5d2";
  assert.equal(uuidVersionOf("tool", `tool--${uuid}`), 4);
  assert.equal(uuidVersionOf("tool", `malware--${uuid}`), 0);
  assert.equal(uuidVersionOf("tool", `tuul--${uuid}`), 0);
  assert.equal(uuidVersionOf("tool", `tool-_${uuid}`), 0);
  assert.equal(uuidVersionOf("tool", "tool--x"), 0);
});
