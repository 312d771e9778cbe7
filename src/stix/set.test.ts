/** Goal: what contradicts itself in a set of objects is found, at the object and property at fault. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSet, type SetOptions } from "./set.ts";

const A = "26ffb872-1dd9-446e-b6f5-d58527e5b5d2";
const B = "0f8fad5b-d9cb-469f-a165-70867728950e";
const C = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const STRICT: SetOptions = { profile: "strict", severity: {} };

interface Fields {
  readonly [name: string]: unknown;
}

function version(modified: string, more: Fields = {}): Fields {
  const created = "2024-01-01T00:00:00.000Z";
  return { type: "malware", id: `malware--${A}`, created, modified, ...more };
}

function marking(uuid: string, marks: readonly string[]): Fields {
  const refs = marks.map((each) => `marking-definition--${each}`);
  return {
    type: "marking-definition",
    id: `marking-definition--${uuid}`,
    ...(refs.length > 0 ? { object_marking_refs: refs } : {}),
  };
}

function check(objects: readonly unknown[], expected: readonly string[]): void {
  const found = checkSet(objects, STRICT).map(
    ({ index, rule, path }) => `${index} ${rule} ${path}`,
  );
  assert.deepEqual(found, expected);
}

test("versions of one object", () => {
  const first = version("2024-01-01T00:00:00.000Z");
  const second = version("2024-01-02T00:00:00.000Z");
  check([first, second], []);
  check([second, first], []);
  check([first, first], ["1 bundle.duplicate id"]);
  check([second, { ...first, revoked: true }], ["0 state.revoked modified"]);
  check([first, { ...second, revoked: true }], []);
  check([first, { ...second, created: "2023-01-01T00:00:00.000Z" }], ["1 state.created created"]);
  check([first, { ...second, created: "2024-01-01T00:00:00Z" }], []);
});

test("the creator stays", () => {
  const creators = [`identity--${B}`, `identity--${C}`].map((id) => ({ type: "identity", id }));
  const first = version("2024-01-01T00:00:00.000Z", { created_by_ref: `identity--${B}` });
  const second = version("2024-01-02T00:00:00.000Z", { created_by_ref: `identity--${C}` });
  check([...creators, first, second], ["3 state.creator created_by_ref"]);
});

test("references", () => {
  const note = { type: "note", id: `note--${B}`, object_refs: [`malware--${A}`, `tool--${C}`] };
  check([version("2024-01-01T00:00:00.000Z"), note], ["1 state.reference object_refs[1]"]);
  const known = new Set([`tool--${C}`, `malware--${A}`]);
  assert.deepEqual(checkSet([note], { ...STRICT, known }), []);
  const sentinel: SetOptions = { profile: "sentinel", severity: {} };
  assert.deepEqual(checkSet([note], sentinel), []);
});

test("markings in a circle", () => {
  check([marking(A, [B]), marking(B, [C]), marking(C, [])], []);
  check([marking(A, [B]), marking(B, [A])], ["1 marking.cycle object_marking_refs[0]"]);
  check([marking(A, [A])], ["0 marking.cycle object_marking_refs[0]"]);
  check(
    [marking(A, [B]), marking(B, [C]), marking(C, [B])],
    ["2 marking.cycle object_marking_refs[0]"],
  );
  check([marking(A, [B, C]), marking(B, [C]), marking(C, [])], []);
});

test("a chain of markings as long as the set", () => {
  const id = (index: number): string => `marking-definition--${index}`;
  const chain = Array.from({ length: 20_000 }, (_each, index) => ({
    type: "marking-definition",
    id: id(index),
    object_marking_refs: [id((index + 1) % 20_000)],
  }));
  check(chain, ["19999 marking.cycle object_marking_refs[0]"]);
});

test("a UUID belongs to one type, a translation to one version", () => {
  const object = version("2024-01-01T00:00:00.000Z");
  check([object, { type: "tool", id: `tool--${A}` }], ["1 state.uuid id"]);
  const content = {
    type: "language-content",
    id: `language-content--${B}`,
    object_ref: `malware--${A}`,
    object_modified: "2024-01-01T00:00:00.000Z",
  };
  check([object, content], []);
  check(
    [object, { ...content, object_modified: "2024-01-01T00:00:00Z" }],
    ["1 state.translation object_modified"],
  );
});

test("anything may be in the list", () => {
  check([null, 5, "x", [], {}, { id: 5 }, { id: "" }, { id: "x", modified: null }], []);
});

test("findings are bounded", () => {
  const note = { type: "note", id: `note--${B}`, object_refs: new Array(50).fill("tool--x") };
  assert.equal(checkSet([note], { ...STRICT, findingsMax: 10 }).length, 10);
});
