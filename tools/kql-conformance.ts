/**
 * Runs the conformance cases of `../shared/corpus` through the compiler and an empty DuckDB, and prints how many agree,
 * by family. `--family X`, `--oracle all`, `--misses` (with what was expected and what came), `--id ID` (with the SQL),
 * `--corpus kql` compiles the queries of `kql.jsonl` instead. `--reasons` lists what is refused, by reason.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Case, compileOnly, type Outcome, runCases } from "./kql-conformance-run.ts";

const { values: options } = parseArgs({
  options: {
    family: { type: "string" },
    oracle: { type: "string", default: "emulator" },
    corpus: { type: "string", default: "conformance" },
    id: { type: "string" },
    misses: { type: "boolean", default: false },
    core: { type: "boolean", default: false },
    reasons: { type: "boolean", default: false },
  },
});

const corpusRoot = fileURLToPath(new URL("../../shared/corpus/", import.meta.url));
if (!existsSync(corpusRoot)) {
  console.error("There is no ../shared/corpus beside the project; nothing to run.");
  process.exit(1);
}

if (options.corpus === "kql") {
  await compileOnly(`${corpusRoot}kql.jsonl`, options.id);
} else {
  await scoreCases();
}

async function scoreCases(): Promise<void> {
  const cases = readFileSync(`${corpusRoot}kql-conformance.jsonl`, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Case)
    .filter(
      (entry) =>
        (options.oracle === "all" || /emulator \(kustainer|emulator \(value/i.test(entry.oracle)) &&
        (options.family === undefined || entry.family === options.family) &&
        (options.id === undefined || entry.id === options.id) &&
        (!options.core || entry.inCore),
    );
  const outcomes = await runCases(cases);
  if (options.misses || options.id !== undefined) {
    for (const outcome of outcomes.filter(({ agrees }) => options.id !== undefined || !agrees)) {
      printMiss(outcome);
    }
  }
  if (options.reasons) {
    printReasons(outcomes);
  }
  printTable(outcomes);
}

function printMiss({ entry, agrees, got, sql }: Outcome): void {
  const flags = `${entry.inTarget ? " target" : ""}${entry.inCore ? " core" : ""}`;
  console.log(`--- ${entry.id} [${entry.family}]${flags}${agrees ? " agrees" : ""}`);
  console.log(entry.query);
  console.log(`expected ${JSON.stringify(entry.expected)}`);
  console.log(`got      ${got}`);
  if (options.id !== undefined) {
    console.log(`sql      ${sql}`);
  }
}

function printReasons(outcomes: readonly Outcome[]): void {
  const reasons = new Map<string, number>();
  for (const { agrees, reason } of outcomes) {
    if (!agrees) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  for (const [reason, count] of [...reasons].sort(([, a], [, b]) => b - a)) {
    console.log(`${String(count).padStart(4)}  ${reason}`);
  }
}

function printTable(outcomes: readonly Outcome[]): void {
  const families = [...new Set(outcomes.map(({ entry }) => entry.family))].sort();
  console.log(
    `${"family".padEnd(28)}${"target".padStart(18)}${"core".padStart(18)}${"all".padStart(18)}`,
  );
  for (const family of [...families, "total"]) {
    const own = outcomes.filter(({ entry }) => family === "total" || entry.family === family);
    const cells = [
      share(own.filter(({ entry }) => entry.inTarget)),
      share(own.filter(({ entry }) => entry.inCore)),
      share(own),
    ];
    console.log(family.padEnd(28) + cells.map((cell) => cell.padStart(18)).join(""));
  }
}

function share(outcomes: readonly Outcome[]): string {
  const agreed = outcomes.filter(({ agrees }) => agrees).length;
  const percent = outcomes.length === 0 ? "–" : ((100 * agreed) / outcomes.length).toFixed(1);
  return `${agreed}/${outcomes.length} ${percent}%`;
}
