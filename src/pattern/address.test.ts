/** Goal: addresses and blocks are read strictly, compared as sets and written in one spelling. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBlockOf, isSubset, printAddressBlock } from "./address.ts";

test("texts are read as RFC 4291 and RFC 4632 write them", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["198.51.100.1", "198.51.100.1"],
    ["198.51.100.1/32", "198.51.100.1"],
    ["198.51.100.0/0", "198.51.100.0/0"],
    ["198.51.100.01", undefined],
    ["198.51.100.256", undefined],
    ["198.51.100", undefined],
    ["198.51.100.1.2", undefined],
    ["198.51.100.1/33", undefined],
    ["198.51.100.1/", undefined],
    ["198.51.100.1/024", undefined],
    ["198.51.100.1 ", undefined],
    ["", undefined],
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:0:1:0:0:1/64", "2001:db8::1:0:0:1/64"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["::ffff:192.0.2.1", "::ffff:c000:201"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["1:2:3:4:5:6:192.0.2.1/128", "1:2:3:4:5:6:c000:201"],
    ["1:2:3:4:5:6:7:8:9", undefined],
    ["1:2:3:4:5:6:7", undefined],
    ["1:2:3:4::5:6:7:8", undefined],
    ["1:2:3:4::5:6:7", "1:2:3:4:0:5:6:7"],
    ["1::2::3", undefined],
    [":1::2", undefined],
    ["1:::2", undefined],
    ["192.0.2.1::", undefined],
    ["12345::", undefined],
    ["fe80::1%eth0", undefined],
    ["::/129", undefined],
    ["x".repeat(100_000), undefined],
  ];
  for (const [text, expected] of cases) {
    const block = addressBlockOf(text);
    assert.equal(block && printAddressBlock(block), expected, text.slice(0, 60));
  }
});

test("blocks are compared as sets", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["10.1.2.3", "10.0.0.0/8", true],
    ["10.1.2.3", "10.1.2.3", true],
    ["10.0.0.0/8", "10.1.2.3", false],
    ["11.1.2.3", "10.0.0.0/8", false],
    ["10.128.0.0/9", "10.0.0.0/8", true],
    ["10.1.2.3/20", "10.1.15.9/20", true],
    ["10.1.2.3/20", "10.1.16.9/20", false],
    ["1.2.3.4", "0.0.0.0/0", true],
    ["2001:db8::5", "2001:db8::/32", true],
    ["2001:db9::5", "2001:db8::/32", false],
    ["::1", "::/0", true],
    ["::1", "0.0.0.0/0", false],
  ];
  for (const [inner, outer, expected] of cases) {
    const left = addressBlockOf(inner);
    const right = addressBlockOf(outer);
    assert.ok(left && right);
    assert.equal(isSubset(left, right), expected, `${inner} in ${outer}`);
  }
});
