/** Goal: queries of a text are told apart, what the page writes into them is right, and addresses give texts back. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { packText, unpackText } from "./address.ts";
import { cellCondition, kqlName, kqlPath, memberCondition, withCondition } from "./kql-text.ts";
import { QUERY_SNIPPETS } from "./snippets.ts";
import { statementAt, statementsOf } from "./statements.ts";

describe("queries of a text", () => {
  for (const [name, text, expected] of [
    ["nothing", "", []],
    ["blanks", " \n\n ", []],
    ["comments alone", "// a\n\n// b", []],
    ["one", "T | take 1", ["T | take 1"]],
    ["one of several lines", "T\n| take 1\n", ["T\n| take 1"]],
    ["two with a line between", "T\n\nU | count", ["T", "U | count"]],
    ["a pipe after a gap goes on", "T\n\n| take 1", ["T\n\n| take 1"]],
    ["a semicolon before a gap goes on", "let a = 1;\n\nprint a", ["let a = 1;\n\nprint a"]],
    ["an open bracket goes on", "T | where x in (\n\n1)", ["T | where x in (\n\n1)"]],
    ["a comment belongs to what follows", "T\n\n// why\nU", ["T", "// why\nU"]],
    ["a comment after a pipe goes on", "T | // why\n\ntake 1", ["T | // why\n\ntake 1"]],
  ] as const) {
    test(name, () => {
      assert.deepEqual(
        statementsOf(text).map(({ start, length }) => text.slice(start, start + length)),
        expected,
      );
    });
  }

  const TWO = "T\n\nU | count\n\n";
  for (const [at, expected] of [
    [0, "T"],
    [2, "T"],
    [3, "U | count"],
    [14, "U | count"],
  ] as const) {
    test(`the query at ${at}`, () => {
      const span = statementAt(TWO, at);
      assert.equal(TWO.slice(span?.start, (span?.start ?? 0) + (span?.length ?? 0)), expected);
    });
  }

  test("queries never overlap, and stay in the text", () => {
    const lines = fc.array(fc.constantFrom("T", "", "| take 1", "// c", "let a=1;", " "));
    fc.assert(
      fc.property(lines, (parts) => {
        const text = parts.join("\n");
        let end = 0;
        for (const { start, length } of statementsOf(text)) {
          assert.ok(start >= end && length > 0 && start + length <= text.length);
          end = start + length;
        }
      }),
    );
  });
});

describe("conditions", () => {
  for (const [type, value, keep, expected] of [
    ["string", "a", true, 'N == "a"'],
    ["string", 'say "hi"\n', false, 'N != "say \\"hi\\"\\n"'],
    ["string", "", true, "isempty(N)"],
    ["string", null, false, "isnotempty(N)"],
    ["long", 5, true, "N == long(5)"],
    ["real", null, true, "isnull(N)"],
    ["long", "9223372036854775807", true, "N == long(9223372036854775807)"],
    ["bool", "True", true, "N == true"],
    ["bool", 0, true, "N == false"],
    ["datetime", "2026-01-01T00:00:00Z", true, "N == datetime(2026-01-01T00:00:00Z)"],
    ["dynamic", { a: 1 }, true, 'tostring(N) == "{\\"a\\":1}"'],
  ] as const) {
    test(`a ${type} that is ${JSON.stringify(value)}, ${keep ? "kept" : "left out"}`, () => {
      assert.equal(cellCondition({ name: "N", type }, value, keep), expected);
    });
  }

  for (const [query, expected] of [
    ["T", "T\n| where C"],
    ["T | take 1;", "T | take 1\n| where C"],
    ["T\n| render piechart", "T\n| where C\n| render piechart"],
    [
      "T | render timechart with (title='a')",
      "T\n| where C\n| render timechart with (title='a')".replace("T\n", "T\n"),
    ],
  ] as const) {
    test(`a condition at the end of ${JSON.stringify(query)}`, () => {
      assert.equal(withCondition(query, "C"), expected);
    });
  }

  for (const [name, expected] of [
    ["Plain_1", "Plain_1"],
    ["two words", '["two words"]'],
    ["1st", '["1st"]'],
  ] as const) {
    test(`the name ${name}`, () => {
      assert.equal(kqlName(name), expected);
    });
  }

  test("members of dynamic values", () => {
    assert.equal(kqlPath("Data", ["a", 0, "b c"]), 'Data.a[0]["b c"]');
    assert.equal(memberCondition("Data", ["a"], "x"), 'tostring(Data.a) == "x"');
    assert.equal(memberCondition("Data", ["a"], null), "isnull(Data.a)");
  });
});

describe("addresses", () => {
  for (const [name, text] of [
    ["a short text", "T | take 1"],
    ["a long text", "T | where x == 'ü€😀'\n".repeat(200)],
  ] as const) {
    test(`${name} comes back`, async () => {
      const { q, z, tooLong } = await packText(text);
      assert.equal(tooLong, false);
      const state = { ...(q === undefined ? {} : { q }), ...(z === undefined ? {} : { z }) };
      assert.equal(await unpackText(state), text);
    });
  }

  test("a text that no address holds is said to be too long", async () => {
    const noise = Array.from({ length: 9_000 }, (_, at) => ((at * 7_919) ** 2).toString(36)).join(
      "",
    );
    assert.deepEqual(await packText(noise), { q: undefined, z: undefined, tooLong: true });
  });

  test("a broken address is none", async () => {
    assert.equal(await unpackText({ z: "%%%" }), undefined);
    assert.equal(await unpackText({}), undefined);
  });
});

describe("lines to paste", () => {
  const place = { origin: "https://here:8443", workspaceId: "w" };
  for (const { id, write } of QUERY_SNIPPETS) {
    test(`${id} has the address and the query, whatever it says`, () => {
      const text = write(place, { query: "print 'QUERY\n\"$HOME\"'", span: "P1D" });
      assert.ok(text.includes('"https://here:8443/api/v1/workspaces/w/query"'));
      assert.ok(!/^QUERY\n.*^QUERY$/ms.test(text.replace(/\nQUERY\n$/, "\n")));
      assert.ok(text.includes("P1D"));
    });
  }
});
