/** Goal: names are spelled canonically, wrong ones are refused by name, and sets compare in any order. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "../../wire/index.ts";
import { certificateNames, parseName, sameNames } from "./names.ts";

const READ: readonly (readonly [text: string, expected: string | undefined])[] = [
  ["localhost", "dns:localhost"],
  ["TI.Example.ORG", "dns:ti.example.org"],
  ["ti.example.org.", "dns:ti.example.org"],
  [" ti.example.org ", "dns:ti.example.org"],
  ["*.example.org", "dns:*.example.org"],
  ["bücher.example", "dns:xn--bcher-kva.example"],
  ["10.0.0.5", "ip:10.0.0.5"],
  ["::1", "ip:::1"],
  ["[::1]", "ip:::1"],
  ["2001:DB8:0:0:0:0:0:1", "ip:2001:db8::1"],
  ["", undefined],
  ["https://ti.example.org", undefined],
  ["ti.example.org:8443", undefined],
  ["ti.example.org/path", undefined],
  ["under_score", undefined],
  ["a..b", undefined],
  ["-a.example", undefined],
  ["fe80::1%eth0", undefined],
  ["a.*.example", undefined],
  [`${"a".repeat(64)}.example`, undefined],
  [`${"a.".repeat(127)}a`, undefined],
];

describe("names of a server certificate", () => {
  for (const [text, expected] of READ) {
    test(`${JSON.stringify(text)} reads as ${expected ?? "no name"}`, () => {
      const name = parseName(text);
      assert.equal(name && `${name.type}:${name.value}`, expected);
    });
  }

  test("loopback, machine, configured and takeover names come in this order, once each", () => {
    const names = certificateNames({
      configured: ["ti.example.org", "LOCALHOST", "10.0.0.5"],
      takeover: true,
      machine: "box",
    });
    assert.deepEqual(
      names.map((name) => name.value),
      [
        "localhost",
        "127.0.0.1",
        "::1",
        "box",
        "ti.example.org",
        "10.0.0.5",
        "api.ti.sentinel.azure.com",
        "sentinelus.azure-api.net",
        "login.microsoftonline.com",
        "management.azure.com",
      ],
    );
  });

  test("a machine with a name that is no DNS name still gets a certificate", () => {
    const names = certificateNames({ configured: [], takeover: false, machine: "my_box" });
    assert.deepEqual(
      names.map((name) => name.value),
      ["localhost", "127.0.0.1", "::1"],
    );
  });

  test("wrong names are refused", () => {
    const refused = (configured: readonly string[], message: RegExp): void =>
      assert.throws(
        () => certificateNames({ configured, takeover: false, machine: "box" }),
        (error: unknown) =>
          error instanceof AppError &&
          error.code === "settings_invalid" &&
          message.test(error.message),
      );
    refused(
      ["https://x"],
      /^In the setting tls\.names, "https:\/\/x" is neither a DNS name nor an IP address/,
    );
    refused(Array(101).fill("a.example"), /^The setting tls\.names has 101 names; at most 100 fit/);
  });

  test("sets of names are equal in any order and only when complete", () => {
    const a = { type: "dns", value: "a" } as const;
    const b = { type: "dns", value: "b" } as const;
    const numeric = { type: "ip", value: "a" } as const;
    assert.equal(sameNames([a, b], [b, a]), true);
    assert.equal(sameNames([a, b], [a]), false);
    assert.equal(sameNames([a], [a, b]), false);
    assert.equal(sameNames([a], [numeric]), false);
    assert.equal(sameNames([], []), true);
  });
});
