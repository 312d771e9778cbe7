/**
 * Goal: for any small table, where, summarize, join, sort and mv-expand give what a naive implementation of the
 * language's rules gives; and no text at all makes anything but a plan or a refusal with a place.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { openWorkbench, type Workbench } from "./workbench.conformance.ts";

let bench: Workbench;
before(async () => {
  bench = await openWorkbench();
});
after(() => bench.close());

/** Runs of each property; a run is a compilation and a query. */
const RUNS = 40;

interface Item {
  readonly n: number | null;
  readonly s: string;
  readonly list: readonly (number | null)[] | null;
}

const item: fc.Arbitrary<Item> = fc.record({
  n: fc.option(fc.integer({ min: -3, max: 3 }), { freq: 4 }),
  s: fc.constantFrom("", "a", "A", "b c", "ä'\"\\"),
  list: fc.option(
    fc.array(fc.option(fc.integer({ min: 0, max: 2 }), { freq: 4 }), { maxLength: 3 }),
    { freq: 4 },
  ),
});
const items: fc.Arbitrary<readonly Item[]> = fc.array(item, { maxLength: 8 });

function tableOf(rows: readonly Item[]): string {
  const cells = rows.map(
    ({ n, s, list }) =>
      `${n === null ? "long(null)" : `long(${n})`}, ${JSON.stringify(s)}, dynamic(${JSON.stringify(list)})`,
  );
  return `datatable(n: long, s: string, list: dynamic)[${cells.join(",\n")}]`;
}

/** Compares as multisets. */
function sameRows(got: readonly unknown[], expected: readonly unknown[], note: string): void {
  const texts = (rows: readonly unknown[]): string[] =>
    rows.map((row) => JSON.stringify(row)).sort();
  assert.deepEqual(texts(got), texts(expected), note);
}

/** Comparisons of the language: equality is total, order with null is null and so not true. */
const COMPARISONS: Readonly<Record<string, (a: number | null, b: number | null) => boolean>> = {
  "==": (a, b) => a !== null && a === b,
  "!=": (a, b) => (a === null) !== (b === null) || (a !== null && a !== b),
  "<": (a, b) => a !== null && b !== null && a < b,
  ">=": (a, b) => a !== null && b !== null && a >= b,
};

test("where keeps the rows for which the condition is true", async () => {
  await fc.assert(
    fc.asyncProperty(
      items,
      fc.constantFrom(...Object.keys(COMPARISONS)),
      fc.integer({ min: -3, max: 3 }),
      async (rows, operator, bound) => {
        const holds = COMPARISONS[operator];
        assert.ok(holds);
        const query = `${tableOf(rows)} | where n ${operator} ${bound} or s has 'a' | project n, s`;
        const expected = rows
          .filter(({ n, s }) => holds(n, bound) || s === "a" || s === "A")
          .map(({ n, s }) => [n, s]);
        sameRows(await bench.rows(query), expected, query);
      },
    ),
    { numRuns: RUNS },
  );
});

test("summarize groups null with null and aggregates what is not null", async () => {
  await fc.assert(
    fc.asyncProperty(items, async (rows) => {
      const query = `${tableOf(rows)} | summarize c = count(), t = sum(n), lo = min(n), hi = max(n), d = dcount(n) by s`;
      const expected = [...Map.groupBy(rows, ({ s }) => s)].map(([s, group]) => {
        const numbers = group.flatMap(({ n }) => (n === null ? [] : [n]));
        const total = numbers.reduce((sum, n) => sum + n, 0);
        const least = numbers.length === 0 ? null : Math.min(...numbers);
        const most = numbers.length === 0 ? null : Math.max(...numbers);
        return [s, group.length, total, least, most, new Set(numbers).size];
      });
      sameRows(await bench.rows(query), expected, query);
    }),
    { numRuns: RUNS },
  );
});

test("arg_max gives one whole row of those with the greatest key", async () => {
  await fc.assert(
    fc.asyncProperty(items, async (rows) => {
      const query = `${tableOf(rows)} | summarize arg_max(n, *) by s | project s, n, list`;
      const got = await bench.rows(query);
      const groups = Map.groupBy(rows, ({ s }) => s);
      assert.equal(got.length, groups.size, query);
      for (const [s, n, list] of got) {
        const group = groups.get(String(s)) ?? [];
        const best = group.reduce<number | null>(
          (most, row) => (row.n !== null && (most === null || row.n > most) ? row.n : most),
          null,
        );
        assert.equal(n, best, query);
        const candidates = group.filter((row) => row.n === best);
        assert.ok(
          candidates.some((row) => JSON.stringify(row.list) === JSON.stringify(list)),
          query,
        );
      }
    }),
    { numRuns: RUNS },
  );
});

type Pair = readonly [left: Item | null, right: Item | null];

function pairs(left: readonly Item[], right: readonly Item[]): Pair[] {
  return left.flatMap((l) => right.filter((r) => r.n === l.n).map((r): Pair => [l, r]));
}

const JOINS: Readonly<Record<string, (left: readonly Item[], right: readonly Item[]) => Pair[]>> = {
  inner: pairs,
  leftouter: (left, right) => [
    ...pairs(left, right),
    ...left.filter((l) => !right.some((r) => r.n === l.n)).map((l): Pair => [l, null]),
  ],
  rightouter: (left, right) => [
    ...pairs(left, right),
    ...right.filter((r) => !left.some((l) => l.n === r.n)).map((r): Pair => [null, r]),
  ],
  fullouter: (left, right) => [
    ...pairs(left, right),
    ...left.filter((l) => !right.some((r) => r.n === l.n)).map((l): Pair => [l, null]),
    ...right.filter((r) => !left.some((l) => l.n === r.n)).map((r): Pair => [null, r]),
  ],
};

test("joins match null with null and fill what is missing", async () => {
  await fc.assert(
    fc.asyncProperty(
      items,
      items,
      fc.constantFrom(...Object.keys(JOINS)),
      async (left, right, kind) => {
        const join = JOINS[kind];
        assert.ok(join);
        const query = `${tableOf(left)} | join kind=${kind} (${tableOf(right)}) on n | project n, s, n1, s1`;
        const expected = join(left, right).map(([l, r]) => [
          l?.n ?? null,
          l?.s ?? "",
          r?.n ?? null,
          r?.s ?? "",
        ]);
        sameRows(await bench.rows(query), expected, query);
      },
    ),
    { numRuns: RUNS },
  );
});

test("semi, anti and innerunique joins", async () => {
  await fc.assert(
    fc.asyncProperty(items, items, async (left, right) => {
      const [l, r] = [tableOf(left), tableOf(right)];
      const has = (row: Item): boolean => right.some(({ n }) => n === row.n);
      sameRows(
        await bench.rows(`${l} | join kind=leftsemi (${r}) on n | project n, s`),
        left.filter(has).map(({ n, s }) => [n, s]),
        "leftsemi",
      );
      sameRows(
        await bench.rows(`${l} | join kind=leftanti (${r}) on n | project n, s`),
        left.filter((row) => !has(row)).map(({ n, s }) => [n, s]),
        "leftanti",
      );
      const keys = new Set(left.map(({ n }) => n));
      sameRows(
        await bench.rows(`${l} | join (${r}) on n | project n, s1`),
        right.filter(({ n }) => keys.has(n)).map(({ n, s }) => [n, s]),
        "innerunique",
      );
    }),
    { numRuns: RUNS / 2 },
  );
});

test("sort puts null lowest, and take takes from the front", async () => {
  await fc.assert(
    fc.asyncProperty(items, fc.boolean(), fc.nat({ max: 5 }), async (rows, ascending, count) => {
      const query = `${tableOf(rows)} | sort by n ${ascending ? "asc" : "desc"} | take ${count} | project n`;
      const rank = (n: number | null): number => n ?? Number.NEGATIVE_INFINITY;
      const sorted = rows
        .map(({ n }) => n)
        .sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
      const expected = (ascending ? sorted : sorted.reverse()).slice(0, count).map((n) => [n]);
      assert.deepEqual(await bench.rows(query), expected, query);
    }),
    { numRuns: RUNS },
  );
});

test("mv-expand gives a row for each element, one for null and none for nothing", async () => {
  await fc.assert(
    fc.asyncProperty(items, async (rows) => {
      const query = `${tableOf(rows)} | mv-expand e = list to typeof(long) | project n, e`;
      const expected = rows.flatMap(({ n, list }) =>
        list === null ? [[n, null]] : list.map((element) => [n, element]),
      );
      sameRows(await bench.rows(query), expected, query);
    }),
    { numRuns: RUNS },
  );
});

/** Words of the language, of the test's catalogue, and some that mean nothing. */
const WORDS =
  "Events Labels Id Name Score Data where extend project summarize by join on kind = == ( ) [ ] { } | , ; let count() 1 -1 1.5 'a' \"b\" @'c' dynamic([1]) datetime(2020-01-01) 1d and or not in has mv-expand union sort top 5 arg_max * bin toscalar materialize $left . .. => ~ ! // \n \\ ' \" \u0000 é";

test("any sequence of words gives a plan or a refusal with a place", async () => {
  const word = fc.constantFrom(...WORDS.split(" "));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 20 }), async (words) => {
      const compiled = await bench.compile(words.join(" "));
      if ("error" in compiled) {
        const { code, message, position } = compiled.error;
        assert.match(code, /^(KS\d+|KQL_[A-Z]+)$/);
        assert.notEqual(code, "KQL_INTERNAL", `${words.join(" ")}: ${message}`);
        assert.ok(position !== null && position.line >= 1, words.join(" "));
      }
    }),
    { numRuns: 300 },
  );
});

test("any text gives a plan or a refusal", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (text) => {
      const compiled = await bench.compile(`Events | where Name == ${text}`);
      assert.ok("sql" in compiled || compiled.error.code !== "KQL_INTERNAL");
    }),
    { numRuns: 150 },
  );
});

/** Pieces of text that try to leave their quotes. */
const HOSTILE = [
  "'",
  '"',
  "''",
  "\\'",
  "'); DROP TABLE events; --",
  '"; SELECT 1; --',
  "$now",
  "\u0000",
];

test("what a text holds never becomes SQL", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...HOSTILE, "x"), { maxLength: 4 }),
      async (parts) => {
        const text = parts.join("");
        const quoted = JSON.stringify(text).replaceAll("\\u0000", "");
        const expected = text.replaceAll("\u0000", "");
        const name = `['${text.replaceAll(/[^a-z; -]/gi, "_")}n']`;
        const query = `print s = ${quoted} | extend ${name} = s | where s == ${quoted} | project s`;
        assert.deepEqual(await bench.rows(query), [[expected]], query);
      },
    ),
    { numRuns: 60 },
  );
});

/** Operators to be strung together; what does not bind is refused, which is as good. */
const OPERATORS: readonly string[] = [
  "where Id > 1",
  "where * has 'alpha'",
  "extend x = tostring(Data.tags[0])",
  "extend x = row_number()",
  "project Id, Name, x = Score, Data",
  "project-away Data",
  "project-rename y = Name",
  "summarize count(), arg_max(Id, *) by Name",
  "summarize c = make_list(Name), take_any(*) by bin(Id, 2)",
  "distinct *",
  "sort by Id asc, Name",
  "serialize",
  "top 2 by Score",
  "take 3",
  "count",
  "mv-expand with_itemindex = i Data.tags to typeof(string)",
  "mv-apply x = Data.tags on (top 1 by tostring(x))",
  "mv-apply x = Data on (summarize n = count())",
  "join (Labels) on Id",
  "join kind=fullouter (Labels | where Id > 1) on Id",
  "join kind=leftanti (Labels) on Id",
  "lookup Labels on Id",
  "union Labels",
  "union withsource=S (Events | extend y = 1)",
  "parse Name with * 'l' rest",
  "search 'alpha'",
  "make-series count() default = 0 on TimeGenerated step 1d by Name",
  "top-nested 2 of Name by sum(Id)",
  "partition by Name (top 1 by Id)",
  "extend packed = pack_all()",
  "evaluate narrow()",
  "where Id in ((Labels | project Id))",
  "where Id == toscalar(Labels | summarize max(Id))",
  "getschema",
];

test("any chain of operators that compiles runs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...OPERATORS), { minLength: 1, maxLength: 6 }),
      async (operators) => {
        const query = ["Events", ...operators].join("\n| ");
        const compiled = await bench.compile(query);
        if ("sql" in compiled) {
          await bench.rows(query);
        } else {
          assert.ok(compiled.error.position !== null, query);
          assert.notEqual(compiled.error.code, "KQL_INTERNAL", query);
        }
      },
    ),
    { numRuns: 150 },
  );
});
