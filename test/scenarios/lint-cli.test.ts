/**
 * Goal: `stixgate lint` and `stixgate pattern` as processes of their own: what they print in each form, where
 * they point, their exit codes, and that they answer every line of any input, at once and in order.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";

const root = fileURLToPath(new URL("../..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "stixgate-lint-"));
after(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

function run(args: readonly string[], input: string | Buffer = ""): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["src/cli/main.ts", ...args], {
    cwd: root,
    input,
    env: { PATH: process.env["PATH"] ?? "" },
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return { code: status, stdout: stdout.toString("utf8"), stderr: stderr.toString("utf8") };
}

function linesOf(text: string): readonly unknown[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

function fileOf(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const INDICATOR = {
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--5d9e8f2a-31c4-4f7b-a6e0-9b1c2d3e4f50",
  created: "2026-01-01T00:00:00.000Z",
  modified: "2026-01-01T00:00:00.000Z",
  name: "Look-alike domain",
  description: "Collects passwords",
  indicator_types: ["malicious-activity"],
  pattern: "[domain-name:value = 'login.example']",
  pattern_type: "stix",
  valid_from: "2026-01-01T00:00:00Z",
  lang: "en",
};
const FAULTY = { ...INDICATOR, confidence: 900, pattern: '[domain-name:value = "x"]' };

function bundleOf(...objects: readonly unknown[]): Readonly<Record<string, unknown>> {
  return { type: "bundle", id: "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d", objects };
}

test("people are shown the place, the rule, the section and the fault", () => {
  const file = fileOf("faulty.json", JSON.stringify(bundleOf(FAULTY), null, 2));
  const { code, stdout, stderr } = run(["lint", file]);
  assert.equal(
    stdout,
    [
      `${file}:16:40: error pattern.syntax: Expected a constant (a number, true, false, or a string in apostrophes) at column 22, found """ (strings stand in plain apostrophes: '...')`,
      "  objects[0].pattern · indicator--5d9e8f2a-31c4-4f7b-a6e0-9b1c2d3e4f50 · STIX 2.1 §9",
      '  16 |       "pattern": "[domain-name:value = \\"x\\"]",',
      "     |                                        ^^",
      "",
      `${file}:20:21: error confidence.range: Expected an integer from 0 to 100: 900`,
      "  objects[0].confidence · indicator--5d9e8f2a-31c4-4f7b-a6e0-9b1c2d3e4f50 · STIX 2.1 §3.2",
      '  20 |       "confidence": 900',
      "     |                     ^^^",
      "",
      "1 object in 1 file: 2 errors, 0 warnings",
      "",
    ].join("\n"),
  );
  assert.equal(stderr, "");
  assert.equal(code, 1);
});

test("every form of input is read, packed or not, from files and standard input", () => {
  const good = JSON.stringify(INDICATOR);
  const cases: readonly (readonly [name: string, content: string | Buffer, summary: string])[] = [
    ["single.json", good, "1 object in 1 file: nothing found"],
    ["bundle.json", JSON.stringify(bundleOf(INDICATOR)), "1 object in 1 file: nothing found"],
    ["empty-list.json", "[]", "0 objects in 1 file: nothing found"],
    ["array.json", `[${good}]`, "1 object in 1 file: nothing found"],
    ["body.json", `{"SourceSystem":"x","Value":[${good}]}`, "1 object in 1 file: nothing found"],
    ["lines.jsonl", `${good}\n\n${good}\n`, "2 objects in 1 file: nothing found"],
    ["lines.txt", `${good}\n${good}`, "2 objects in 1 file: nothing found"],
    ["several.json", `{"type":\n${good.slice(8)}${good}\n`, "2 objects in 1 file: nothing found"],
    ["packed.bin", gzipSync(good), "1 object in 1 file: nothing found"],
    ["wide.json", Buffer.from(`\ufeff${good}`, "utf16le"), "1 object in 1 file: nothing found"],
    ["broken.jsonl", `{"a":\n${good}\n`, "1 object in 1 file: 1 error, 0 warnings"],
  ];
  for (const [name, content, summary] of cases) {
    assert.equal(
      run(["lint", fileOf(name, content)])
        .stdout.split("\n")
        .at(-2),
      summary,
      name,
    );
  }
  const files = ["single.json", "array.json", "lines.jsonl"].map((name) => join(directory, name));
  assert.equal(run(["lint", ...files]).stdout, "4 objects in 3 files: nothing found\n");
  const packed = run(["lint", "-"], gzipSync(good));
  assert.equal(packed.stdout, "1 object in 1 file: nothing found\n");
});

test("exit codes", () => {
  const good = fileOf("good.json", JSON.stringify(INDICATOR));
  const warned = fileOf("warned.json", JSON.stringify({ ...INDICATOR, foo: 1 }));
  const bad = fileOf("bad.json", JSON.stringify(FAULTY));
  const broken = fileOf("broken.json", "[1,");
  const bytes = fileOf("bytes.json", Buffer.from([0x22, 0xff, 0x22]));
  const cases: readonly (readonly [args: readonly string[], code: number])[] = [
    [[good], 0],
    [[warned], 0],
    [["--fail-on", "warning", warned], 1],
    [["--profile", "sentinel", "--fail-on", "warning", warned], 0],
    [[bad], 1],
    [["--fail-on", "never", bad], 0],
    [["--format", "sarif", bad], 1],
    [["--format", "json", "--fail-on", "never", bad], 0],
    [["--format", "jsonl", bad], 1],
    [[good, bad], 1],
    [[broken], 1],
    [[bytes], 1],
    [[join(directory, "absent.json"), good], 2],
    [[fileOf("nothing.json", "\n")], 2],
    [[fileOf("torn.gz", gzipSync("{}").subarray(0, 12))], 2],
    [["-", "-"], 2],
    [["--profile", "lax", good], 2],
    [["--spec-version", "2.2", good], 2],
    [[], 2],
  ];
  for (const [args, code] of cases) {
    const ended = run(["lint", ...args]);
    assert.equal(ended.code, code, `${args.join(" ")}\n${ended.stdout}${ended.stderr}`);
  }
});

test("an unreadable file does not keep the others from being read", () => {
  const bad = fileOf("bad.json", JSON.stringify(FAULTY));
  const { stdout, stderr } = run(["lint", "--format", "json", join(directory, "absent.json"), bad]);
  const report = JSON.parse(stdout) as { errors: number; unreadable: { file: string }[] };
  assert.equal(report.errors, 2);
  assert.equal(report.unreadable.length, 1);
  assert.match(stderr, /^stixgate lint: Cannot read .*absent\.json: /);
});

test("JSON names the place of each finding", () => {
  const { stdout } = run(["lint", "--format", "json", "-"], JSON.stringify([FAULTY], null, 1));
  const { findings, ...rest } = JSON.parse(stdout) as { findings: object[] };
  const last = { files: 1, objects: 1, errors: 2, warnings: 0, unreadable: [] };
  assert.deepEqual(rest, { profile: "strict", ...last });
  assert.deepEqual(findings[1], {
    file: "stdin",
    line: 17,
    column: 17,
    endLine: 17,
    endColumn: 20,
    severity: "error",
    rule: "confidence.range",
    message: "Expected an integer from 0 to 100: 900",
    source: "STIX 2.1 §3.2",
    path: "[0].confidence",
    pointer: "/0/confidence",
    objectId: "indicator--5d9e8f2a-31c4-4f7b-a6e0-9b1c2d3e4f50",
  });
});

test("SARIF has a rule for every result, and a region that is one", () => {
  const wild = { ...INDICATOR, "a/b~c": [], labels: ["", 3], lang: "??", x: null };
  const file = fileOf("wild file.json", JSON.stringify(bundleOf(FAULTY, wild, INDICATOR), null, 2));
  const { stdout } = run(["lint", "--format", "sarif", file]);
  const log = JSON.parse(stdout) as SarifLog;
  assert.equal(log.version, "2.1.0");
  assert.equal(log.runs.length, 1);
  const { tool, results, invocations, columnKind } = log.runs[0] ?? assert.fail("no run");
  assert.equal(columnKind, "unicodeCodePoints");
  assert.equal(invocations[0]?.executionSuccessful, true);
  assert.ok(results.length > 6);
  for (const { ruleId, ruleIndex, level, locations, message } of results) {
    assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
    assert.ok(tool.driver.rules[ruleIndex]?.help.text);
    assert.ok(level === "error" || level === "warning");
    assert.ok(message.text.length > 0);
    const { region, artifactLocation } = locations[0]?.physicalLocation ?? assert.fail("no place");
    assert.match(artifactLocation.uri, /^file:\/\/\/.*wild%20file\.json$/);
    const { startLine, startColumn, endLine, endColumn } = region;
    assert.ok(startLine >= 1 && startColumn >= 1);
    assert.ok(endLine > startLine || (endLine === startLine && endColumn > startColumn));
  }
  const pointers = results.map(
    (each) => each.locations[0]?.logicalLocations[0]?.fullyQualifiedName,
  );
  assert.ok(pointers.includes("/objects/1/a~1b~0c"), pointers.join(" "));
});

interface SarifLog {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly rules: readonly { id: string; help: { text: string } }[] };
    };
    readonly columnKind: string;
    readonly invocations: readonly { executionSuccessful: boolean }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: Readonly<
            Record<"startLine" | "startColumn" | "endLine" | "endColumn", number>
          >;
        };
        readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
      }[];
    }[];
  }[];
}

test("scripts get one answer a line", () => {
  const marking = "marking-definition--3c9a0e39-5a8f-4d0e-9a3b-a9d2ff0cc0de";
  const input = [
    JSON.stringify(INDICATOR),
    JSON.stringify({ version: "2.1", object: { ...INDICATOR, confidence: 900 } }),
    JSON.stringify({ version: "3", object: INDICATOR }),
    '{"type":',
    "",
    "7",
    JSON.stringify(
      bundleOf(INDICATOR, { ...INDICATOR, revoked: 1, object_marking_refs: [marking] }),
    ),
  ].join("\n");
  const { code, stdout } = run(["lint", "--format", "jsonl", "-"], input);
  const answers = linesOf(stdout) as readonly {
    index: number;
    valid: boolean;
    errors: readonly { path: string; rule: string; message: string }[];
    warnings: readonly { path: string; rule: string }[];
  }[];
  assert.deepEqual(answers[0], { index: 0, valid: true, errors: [], warnings: [] });
  const shortened = answers.map(({ index, valid, errors, warnings }) => [
    index,
    valid,
    errors.map(({ path, rule }) => `${path} ${rule}`),
    warnings.map(({ path, rule }) => `${path} ${rule}`),
  ]);
  assert.deepEqual(shortened, [
    [0, true, [], []],
    [1, false, ["confidence confidence.range"], []],
    [2, false, ["version spec_version.value"], []],
    [3, false, [" json.syntax"], []],
    [4, false, [" json.syntax"], []],
    [5, false, [" record.object"], []],
    [
      6,
      false,
      ["objects[1].revoked kind"],
      ["objects[1].id bundle.duplicate", "objects[1].object_marking_refs[0] state.reference"],
    ],
  ]);
  assert.equal(code, 1);
});

test("a line is answered before the next one is written", async () => {
  const args = ["src/cli/main.ts", "lint", "--format", "jsonl", "-"];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  child.stdout.setEncoding("utf8");
  for (const index of [0, 1, 2]) {
    child.stdin.write(`${JSON.stringify(INDICATOR)}\n`);
    const [answer] = (await once(child.stdout, "data")) as [string];
    assert.deepEqual(JSON.parse(answer), { index, valid: true, errors: [], warnings: [] });
  }
  child.stdin.end();
  const [code] = (await once(child, "close")) as [number];
  assert.equal(code, 0);
});

test("a reader that goes away ends the run quietly", async () => {
  const lines = fileOf("many.jsonl", `${JSON.stringify(FAULTY)}\n`.repeat(20_000));
  const args = ["src/cli/main.ts", "lint", lines];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  await once(child.stdout, "data");
  child.stdout.destroy();
  await once(child, "close");
  assert.equal(stderr, "");
});

test("patterns are checked, explained and matched for people", () => {
  const observed = fileOf(
    "observed.json",
    JSON.stringify(
      bundleOf(
        {
          type: "observed-data",
          first_observed: "2026-01-01T00:00:00Z",
          last_observed: "2026-01-01T00:00:00Z",
          number_observed: 1,
          object_refs: ["url--5d9e8f2a-31c4-5f7b-a6e0-9b1c2d3e4f50"],
        },
        {
          type: "url",
          id: "url--5d9e8f2a-31c4-5f7b-a6e0-9b1c2d3e4f50",
          value: "https://login.example/a",
        },
      ),
    ),
  );
  const cases: readonly (readonly [args: readonly string[], code: number, stdout: string])[] = [
    [
      ["check", "[url:value = 'https://login.example/a']"],
      0,
      "ok\n\n  observable  value                    enough by itself\n" +
        "  url:value   https://login.example/a  yes\n",
    ],
    [
      ["check", "[url:value = ]"],
      1,
      "error pattern.syntax: expected a constant (a number, true, false, or a string in apostrophes) " +
        'at column 14, found "]" (STIX 2.1 §9)\n  [url:value = ]\n               ^\n\nnot valid\n',
    ],
    [["match", "[url:value MATCHES '^https://login\\\\.']", observed], 0, "match\n"],
    [["match", "[url:value = 'x']", observed], 1, "no match\n"],
    [
      ["match", "[url:value MATCHES '(?=x)']", observed],
      2,
      "no answer: the regular expression (?=x) cannot be used: look-ahead and look-behind are not " +
        "available, since they take more than linear time or are not of RE2\n",
    ],
  ];
  for (const [args, code, stdout] of cases) {
    const ended = run(["pattern", ...args]);
    assert.deepEqual([ended.code, ended.stdout], [code, stdout], args.join(" "));
  }
  const explained = run([
    "pattern",
    "explain",
    "[url:value = 'a' OR url:value = 'b'] REPEATS 2 TIMES",
  ]);
  assert.match(
    explained.stdout,
    /^Matches when an? url was seen whose value is "a" or value is "b", at/,
  );
  assert.equal(run(["pattern", "match", "[a:b = 1]"]).code, 2);
  assert.equal(run(["pattern", "match", "[a:b = 1]", join(directory, "absent")]).code, 2);
});

test("patterns are checked and matched for scripts", () => {
  const patterns = [
    { pattern: "[file:hashes.SHA256 = 'abc']", version: "2.1" },
    {
      pattern:
        "[ipv4-addr:value = '198.51.100.1'] START '2026-01-01T00:00:00Z' STOP '2026-01-02T00:00:00Z'",
      version: "2.0",
    },
    { pattern: 5 },
    "[a:b = 1] AND",
  ];
  const checked = run(
    ["pattern", "check", "--format", "jsonl", "-"],
    patterns.map((each) => JSON.stringify(each)).join("\n"),
  );
  assert.equal(checked.code, 1);
  assert.deepEqual(linesOf(checked.stdout).slice(0, 3), [
    {
      index: 0,
      valid: false,
      errors: [{ rule: "hash.digest", message: "this is no SHA-256 digest", offset: 22 }],
      warnings: [
        {
          rule: "pattern.hashName",
          message: "the vocabulary spells this hash algorithm 'SHA-256'",
          offset: 1,
        },
      ],
      observables: [{ key: "file:hashes.'SHA-256'", value: "abc", sufficient: true }],
    },
    {
      index: 1,
      valid: true,
      errors: [],
      warnings: [],
      observables: [{ key: "ipv4-addr:value", value: "198.51.100.1", sufficient: false }],
    },
    {
      index: 2,
      valid: false,
      errors: [
        { rule: "record.object", message: 'Expected an object with a string "pattern"', offset: 0 },
      ],
      warnings: [],
      observables: [],
    },
  ]);
  const sdos = [
    {
      type: "observed-data",
      first_observed: "2026-01-01T00:00:00Z",
      last_observed: "2026-01-01T00:00:05Z",
      number_observed: 1,
      objects: { "0": { type: "ipv4-addr", value: "198.51.100.1" } },
    },
  ];
  const questions = [
    { pattern: "[ipv4-addr:value ISSUBSET '198.51.100.0/24']", version: "2.0", sdos },
    { pattern: "[ipv4-addr:value = '198.51.100.2']", sdos },
    { pattern: "[ipv4-addr:value = '198.51.100.1'] WITHIN 0 SECONDS", sdos },
    { pattern: "[ipv4-addr:value IN ('a', 1)]", sdos },
    { pattern: "[ipv4-addr:value MATCHES '(a)\\\\1']", sdos },
    { pattern: "[", sdos },
    { pattern: "[a:b = 1]", sdos: {} },
  ];
  const matched = run(
    ["pattern", "match", "--format", "jsonl", "-"],
    questions.map((each) => JSON.stringify(each)).join("\n"),
  );
  const answers = linesOf(matched.stdout) as readonly { match: unknown; error: unknown }[];
  assert.equal(matched.code, 0);
  assert.deepEqual(
    answers.map(({ match, error }) => [match, error !== null]),
    [[true, false], [false, false], ...Array.from({ length: 5 }, () => [null, true])],
  );
});

const FUZZ_RUNS = 3_000;
const FUZZ_SEED = 20_261_122;

test("any JSON value and any pattern is answered", () => {
  const property = fc.constantFrom("type", "id", "pattern", "objects", "extensions", "created");
  const type = fc.constantFrom("indicator", "bundle", "observed-data", "malware", "file", "x-y");
  const value = fc.jsonValue({ maxDepth: 3 });
  const object = fc
    .tuple(fc.dictionary(fc.oneof(property, fc.string()), value), type)
    .map(([members, name]) => ({ ...members, type: name }));
  const values = fc.sample(fc.oneof(value, object, fc.record({ object })), {
    numRuns: FUZZ_RUNS,
    seed: FUZZ_SEED,
  });
  const word = fc.constantFrom("[a:b = 1]", "[", "]", " AND ", " OR ", "'x'", "(", ")", "a:b", "=");
  const pattern = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 12 }).map((all) => all.join("")),
  );
  const patterns = fc.sample(fc.record({ pattern }), { numRuns: FUZZ_RUNS, seed: FUZZ_SEED });
  const cases: readonly (readonly [args: readonly string[], values: readonly unknown[]])[] = [
    [["lint"], values],
    [["lint", "--profile", "sentinel"], values],
    [["pattern", "check"], patterns],
    [["pattern", "match"], patterns],
  ];
  for (const [args, all] of cases) {
    const input = all.map((each) => JSON.stringify(each)).join("\n");
    const { stdout, stderr } = run([...args, "--format", "jsonl", "-"], input);
    assert.equal(stderr, "");
    const answers = linesOf(stdout) as readonly { index: number }[];
    assert.deepEqual(
      answers.map(({ index }) => index),
      Array.from({ length: FUZZ_RUNS }, (_, index) => index),
    );
  }
});

interface MatcherRow {
  readonly version: string;
  readonly pattern: string;
  readonly observed: number;
  readonly expect: "match" | "nomatch" | "error";
  readonly exception: string | null;
}

const corpus = fileURLToPath(new URL("../../../shared/corpus/", import.meta.url));
const skip = existsSync(corpus) ? false : "the folder with the matcher's cases is not here";

test("the matcher's cases give their results through the command", { skip }, () => {
  const read = (name: string): readonly unknown[] => linesOf(readFileSync(corpus + name, "utf8"));
  const observed = new Map(
    (read("matcher-observed.jsonl") as readonly { observed: number; sdos: unknown }[]).map(
      (row) => [row.observed, row.sdos],
    ),
  );
  const rows = read("matcher.jsonl") as readonly MatcherRow[];
  const input = rows
    .map(({ pattern, version, observed: set }) => ({ pattern, version, sdos: observed.get(set) }))
    .map((row) => JSON.stringify(row));
  const { stdout } = run(["pattern", "match", "--format", "jsonl", "-"], input.join("\n"));
  const answers = linesOf(stdout) as readonly { match: boolean | null }[];
  const wrong = rows.filter(({ expect, exception }, index) => {
    // A value that is no timestamp is not comparable; it does not make the pattern wrong.
    const isAboutData = exception?.includes("Invalid timestamp in JSON") === true;
    const expected = expect === "match" ? true : expect === "nomatch" || isAboutData ? false : null;
    return answers[index]?.match !== expected;
  });
  assert.deepEqual(wrong, []);
});
