/** Goal: ids of observables are those that every implementation of the rule computes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { observableId } from "./deterministic-id.ts";
import { sha1 } from "./sha1.ts";

const CASES: readonly (readonly [string, object])[] = [
  ["ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", { value: "198.51.100.3" }],
  ["domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7", { value: "example.com" }],
  ["url--2d7eaa43-6746-57c7-a16b-d7becf92aaca", { value: "https://example.com/é?q=1" }],
  ["email-addr--7165e2a9-671f-585d-b1e1-ca59c671d934", { value: "john@example.com" }],
  ["mac-addr--757b1725-9903-54f5-a855-1240691d7659", { value: "d2:fb:49:24:37:18" }],
  ["autonomous-system--3aa27478-50b5-5ab8-9da9-cdc12b657fff", { number: 15139, name: "x" }],
  ["directory--0a58d0c1-59e6-5afd-8252-dcd3f13e5622", { path: "C:\\Windows\\System32" }],
  [
    "file--55597f83-d990-5224-854d-2b72a23c8721",
    { hashes: { "SHA-256": "0", MD5: "3773a88f65a5e780c8dff9cdc3a056f3" }, name: "a", size: 5 },
  ],
  [
    "network-traffic--e6de492a-bf97-5962-9e67-90c132fc2819",
    {
      protocols: ["tcp"],
      src_ref: "ipv4-addr--4d22aae0-2bf9-5427-8819-e4f6abf20a53",
      dst_port: 443,
    },
  ],
  [
    "software--e7fe4452-5d58-52cf-864e-3642b52c1eb7",
    { vendor: "Microsoft", name: "Word", languages: ["en"] },
  ],
  ["user-account--63e381d7-a9f9-5e46-b5c6-b89957a0212e", { user_id: "1001", account_type: "unix" }],
  [
    "windows-registry-key--5f15b061-9c3d-5ea8-93b8-72468f206c1a",
    {
      key: "hkey_local_machine\\system\\bar\\foo",
      values: [{ name: "Foo", data: "qwerty", data_type: "REG_SZ" }],
    },
  ],
  ["mutex--f93fe911-e545-5239-b9b0-597840d0c871", { name: "__CLEANSWEEP__" }],
];

for (const [id, own] of CASES) {
  const type = id.slice(0, id.indexOf("--"));
  test(type, () => {
    assert.equal(observableId({ type, ...own }), id);
  });
}

test("nothing contributes, no id", () => {
  assert.equal(observableId({ type: "process", pid: 1 }), undefined);
  assert.equal(observableId({ type: "file", size: 1 }), undefined);
  assert.equal(observableId({ type: "indicator", name: "a" }), undefined);
  assert.equal(observableId({}), undefined);
});

test("what is nested too deep has no id", () => {
  const deep = JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`);
  assert.equal(observableId({ type: "file", extensions: { a: deep } }), undefined);
});

test("SHA-1 of the published examples", () => {
  const hex = (text: string): string =>
    Buffer.from(sha1(new TextEncoder().encode(text))).toString("hex");
  assert.equal(hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  assert.equal(hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  assert.equal(
    hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
    "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
  );
  assert.equal(hex("a".repeat(1_000_000)), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
});
