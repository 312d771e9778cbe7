/** Goal: every operator over tables gives the rows that the language's documentation says, and their names and order. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openWorkbench, type Workbench } from "./workbench.conformance.ts";

let bench: Workbench;
before(async () => {
  bench = await openWorkbench();
});
after(() => bench.close());

type Row = readonly unknown[];

/** Queries that end in an order, or have one row. */
const CASES: readonly (readonly [query: string, rows: readonly Row[]])[] = [
  ["print 1, b = 'x'", [[1, "x"]]],
  ["datatable(a: long, b: string)[1, 'x', 2, 'y'] | where a > 1", [[2, "y"]]],
  ["range x from 1 to 7 step 3", [[1], [4], [7]]],
  ["range x from 3 to 1 step 1", []],
  ["range x from 3 to 1 step -1", [[3], [2], [1]]],
  [
    "range t from datetime(2020-01-01) to datetime(2020-01-02) step 12h",
    [["2020-01-01 00:00:00"], ["2020-01-01 12:00:00"], ["2020-01-02 00:00:00"]],
  ],
  // All expressions of extend see the row as it was.
  ["print a = 1, c = 2 | extend a = c, c = a", [[2, 1]]],
  ["print a = 1 | extend b = a + 1, Column1 = 7 | extend a + b", [[1, 2, 7, 3]]],
  ["print a = 1, b = 2, c = 3 | project-away b | project-rename z = a", [[1, 3]]],
  ["print a1 = 1, b = 2, a2 = 3 | project-keep a*", [[1, 3]]],
  ["print b = 2, a = 1, c = 3 | project-reorder c, * asc", [[3, 1, 2]]],
  ["print a = 1, A = 2 | project A, a | extend s = a + A", [[2, 1, 3]]],
  ["Events | sort by Id asc | project Id", [[null], [1], [2], [3]]],
  ["Events | sort by Id | project Id", [[3], [2], [1], [null]]],
  ["Events | sort by Id asc nulls last | project Id", [[1], [2], [3], [null]]],
  ["Events | sort by Id nulls first | take 2 | project Id", [[null], [3]]],
  ["Events | top 2 by Score | project Score", [[2.5], [1.5]]],
  ["Events | top 1 by Score asc | project Score", [[null]]],
  ["Events | count", [[4]]],
  [
    "Events | summarize n = count(), countif(Score > 1) by isnull(Data) | sort by n desc",
    [
      [false, 3, 2],
      [true, 1, 0],
    ],
  ],
  ["Events | where false | summarize count(), sum(Id), make_list(Id)", [[0, 0, []]]],
  ["Events | where false | summarize count() by Id", []],
  ["Events | summarize take_any(Name) by Id | where Id == 2", [[2, "beta"]]],
  ["Events | summarize round(avg(Score), 1) + 1", [[2.5]]],
  [
    "Events | summarize arg_max(Score, *) by isempty(Name) | sort by Score asc | project Id, Score",
    [
      [2, 1.5],
      [null, 2.5],
    ],
  ],
  ["Events | where Id == 3 | summarize arg_max(Score, Name)", [[null, "Alpha"]]],
  ["Events | summarize percentiles(Id, 0, 100)", [[1, 3]]],
  ["Events | distinct isnull(Score) | sort by Column1 asc", [[false], [true]]],
  ["Events | sort by Id asc nulls last | summarize make_list(Id)", [[[1, 2, 3]]]],
  ["Events | sort by Id desc | summarize make_list(Name)", [[["Alpha", "beta", "alpha", ""]]]],
  // A null key matches a null key.
  ["Events | join kind=inner Labels on Id | summarize count()", [[4]]],
  ["Events | join Labels on Id | summarize count()", [[4]]],
  ["Labels | join Events on Id | summarize count()", [[3]]],
  [
    "Events | join kind=leftouter Labels on Id | where Name == 'beta' | project Name, Label, Id1, Score1",
    [["beta", "", null, null]],
  ],
  [
    "Events | join kind=rightouter Labels on Id | where isempty(Name) and Label == 'nine' | project Id, Name, Id1",
    [[null, "", 9]],
  ],
  ["Events | join kind=fullouter Labels on Id | count", [[6]]],
  ["Events | join kind=leftanti Labels on Id | project Name", [["beta"]]],
  ["Events | join kind=rightanti Labels on Id | project Label", [["nine"]]],
  ["Events | join kind=leftsemi Labels on Id | count", [[3]]],
  ["Events | join kind=rightsemi Labels on Id | count", [[4]]],
  [
    "Events | join kind=inner (Labels | project L = Id + 0, Label) on $left.Id == $right.L | where Label == 'uno' | project Id, L, Label",
    [[1, 1, "uno"]],
  ],
  [
    "Events | lookup Labels on Id | where Label == 'three' | project Id, Label, Score1",
    [[3, "three", 30]],
  ],
  ["union Events, Labels | count", [[9]]],
  [
    "union (print a = 1), (print a = 'x') | sort by a_long asc nulls last",
    [
      [1, ""],
      [null, "x"],
    ],
  ],
  [
    "union withsource = Source Events, (print Id = 7) | where Id == 7 | project Source, Name",
    [["union_arg1", ""]],
  ],
  ["union kind = inner Events, Labels | getschema | project ColumnName", [["Id"]]],
  ["union isfuzzy = true Events, Missing | count", [[4]]],
  [
    "Events | where Id == 1 | mv-expand t = Data.tags to typeof(string) | project t",
    [["x"], ["y"]],
  ],
  ["Events | mv-expand Data.tags | count", [[4]]],
  ["print d = dynamic({'a': 1, 'b': 2}) | mv-expand d", [[{ a: 1 }], [{ b: 2 }]]],
  ["print d = dynamic({'a': 1}) | mv-expand bagexpansion = array d", [[["a", 1]]]],
  [
    "print a = dynamic([1, 2]), b = dynamic(['x']) | mv-expand with_itemindex = i a, b",
    [
      [1, "x", 0],
      [2, null, 1],
    ],
  ],
  ["print a = dynamic([1, 2, 3]) | mv-expand a limit 2", [[1], [2]]],
  [
    "print k = 1, a = dynamic([3, 1, 2]) | mv-apply a to typeof(long) on (top 2 by a)",
    [
      [1, 3],
      [1, 2],
    ],
  ],
  [
    "print k = 5, a = dynamic([3, 1]) | mv-apply a to typeof(long) on (summarize s = sum(a + k))",
    [[5, 14]],
  ],
  [
    "range x from 1 to 6 step 1 | partition by b (top 1 by x) | sort by x asc".replace(
      "| partition",
      "| extend b = x % 2 | partition",
    ),
    [
      [5, 1],
      [6, 0],
    ],
  ],
  [
    "print s = 'id=7 name=kim' | parse s with 'id=' id: long ' name=' name | project id, name",
    [[7, "kim"]],
  ],
  [
    "print s = 'nothing' | parse s with 'id=' id: long ' name=' name | project id, name",
    [[null, ""]],
  ],
  ["print s = 'nothing' | parse-where s with 'id=' id: long *", []],
  ["print s = 'a1b' | parse kind=regex s with x '[0-9]' y | project x, y", [["a", "b"]]],
  [
    "print s = 'k=\"a b\", n=3' | parse-kv s as (k: string, n: long, z: string) with (pair_delimiter=',', kv_delimiter='=', quote='\"') | project k, n, z",
    [["a b", 3, ""]],
  ],
  [
    "datatable(t: long, v: long)[0, 1, 2, 5] | make-series s = sum(v) default = 9 on t from 0 to 4 step 1",
    [
      [
        [1, 9, 5, 9],
        [0, 1, 2, 3],
      ],
    ],
  ],
  ["Events | search 'alpha' | project Name | sort by Name asc", [["Alpha"], ["alpha"]]],
  ["search in (Events, Labels) 'uno' | project $table, Label", [["Labels", "uno"]]],
  ["Events | where * has 'beta' | project Id", [[2]]],
  ["find in (Events, Labels) where Id == 9 project Id", [["Labels", 9]]],
  [
    "range x from 1 to 3 step 1 | extend r = row_number(), p = prev(x), n = next(x)",
    [
      [1, 1, null, 2],
      [2, 2, 1, 3],
      [3, 3, 2, null],
    ],
  ],
  [
    "range x from 1 to 4 step 1 | serialize s = row_cumsum(x) | where x % 2 == 0",
    [
      [2, 3],
      [4, 10],
    ],
  ],
  [
    "range x from 1 to 3 step 1 | scan declare (s: long = 0) with (step a: true => s = a.s + x;)",
    [
      [1, 1],
      [2, 3],
      [3, 6],
    ],
  ],
  [
    "datatable(c: string, v: long)['a', 1, 'b', 5, 'a', 2] | top-nested 1 of c by sum(v)",
    [["b", 5]],
  ],
  [
    "datatable(c: string, v: long)['a', 1, 'b', 5, 'c', 2] | top-nested 1 of c with others = 'rest' by t = sum(v) | sort by t desc",
    [
      ["b", 5],
      ["rest", 3],
    ],
  ],
  ["print d = dynamic({'a': 1}) | evaluate bag_unpack(d) : (a: long)", [[1]]],
  [
    "print a = 1, b = 'x' | evaluate narrow() | project Column, Value | sort by Column asc",
    [
      ["a", "1"],
      ["b", "x"],
    ],
  ],
  // Functions and shared parts.
  ["let f = (n: long, m: long = 2) { n * m }; print f(3), f(3, 5), f(m = 4, n = 1)", [[6, 15, 4]]],
  ["let T = Events | where Score > 1; T | join kind=inner T on Name | count", [[2]]],
  [
    "let m = toscalar(Events | summarize max(Id)); Events | where Id == m | project Name",
    [["Alpha"]],
  ],
  [
    "let names = materialize(Events | distinct Name); names | where Name in~ (names) | count",
    [[4]],
  ],
  ["Events | where Id in ((Labels | project Id)) | count", [[2]]],
  [
    "Events | where Name in (toscalar(Events | where Id < 3 | summarize make_list(Name))) | count",
    [[2]],
  ],
  ["AtLeast() | count", [[2]]],
  ["AtLeast(2) | project Score", [[2.5]]],
  ["let only = (T: (Id: long)) { T | where Id == 2 | project Id }; Events | invoke only()", [[2]]],
  ["Events | as E | where Id == 1 | union (E | where Id == 2) | summarize sum(Id)", [[3]]],
  ["Events | where column_ifexists('Nope', 'd') == 'd' | count", [[4]]],
  [
    "Events | where Id == 1 | project pack_all()",
    [
      [
        {
          TimeGenerated: "2026-11-20T10:00:00.0000000Z",
          Id: 1,
          Name: "alpha",
          Score: 0.5,
          Data: { tags: ["x", "y"], n: 1 },
        },
      ],
    ],
  ],
  ["Events | where ingestion_time() > ago(1h) | count", [[2]]],
  ["Events | consume", []],
];

test("operators give the documented rows", async () => {
  const faults: string[] = [];
  for (const [query, expected] of CASES) {
    const got = await bench.rows(query).catch((error: Error) => error.message);
    if (JSON.stringify(got) !== JSON.stringify(expected)) {
      faults.push(
        `${query}\n  gives ${JSON.stringify(got)}\n  instead of ${JSON.stringify(expected)}`,
      );
    }
  }
  assert.deepEqual(faults, []);
});

/** Names and types are the official binder's. */
const COLUMNS: readonly (readonly [query: string, columns: string])[] = [
  ["print 1, 'a'", "print_0: long, print_1: string"],
  [
    "Events | summarize count(), dcount(Id), make_set(Name) by bin(TimeGenerated, 1d)",
    "TimeGenerated: datetime, count_: long, dcount_Id: long, set_Name: dynamic",
  ],
  [
    "Events | summarize arg_max(TimeGenerated, *) by Id",
    "Id: long, TimeGenerated: datetime, Name: string, Score: real, Data: dynamic",
  ],
  [
    "Events | summarize Last = arg_max(TimeGenerated, *) by Id",
    "Id: long, Last: datetime, Name: string, Score: real, Data: dynamic",
  ],
  [
    "Events | join Labels on Id",
    "TimeGenerated: datetime, Id: long, Name: string, Score: real, Data: dynamic, Id1: long, Label: string, Score1: long",
  ],
  [
    "Events | extend Data.n, Data.tags[0], strlen(Name)",
    "TimeGenerated: datetime, Id: long, Name: string, Score: real, Data: dynamic, Data_n: dynamic, Data_tags_0: dynamic, strlen_Name: long",
  ],
  [
    "union Events, Labels",
    "TimeGenerated: datetime, Id: long, Name: string, Score_real: real, Score_long: long, Data: dynamic, Label: string",
  ],
  [
    "Events | parse Name with Name 'x' *",
    "TimeGenerated: datetime, Id: long, Name: string, Score: real, Data: dynamic",
  ],
];

test("columns have the documented names and types", async () => {
  for (const [query, expected] of COLUMNS) {
    const { columns } = await bench.plan(query);
    const got = columns.map(({ name, type }) => `${name}: ${type}`).join(", ");
    assert.equal(got, expected, query);
  }
});

/** Code and place of what is refused. */
const REFUSALS: readonly (readonly [query: string, code: string, start: number, line: number])[] = [
  ["Events | where Nam == 'x'", "KS142", 15, 1],
  ["Events\n| where Id ==", "KS006", 20, 2],
  ["Nowhere | count", "KS204", 0, 1],
  ["Events | fork (count) (take 1)", "KQL_UNSUPPORTED", 9, 1],
  ["Events | evaluate autocluster()", "KQL_UNSUPPORTED", 18, 1],
  ["externaldata(a: string)['https://example.com/x.csv']", "KQL_UNSUPPORTED", 0, 1],
  ["Events | extend r = row_number()", "KQL_SERIALIZE", 20, 1],
  ["Events | extend r = geo_point_to_s2cell(1.0, 2.0)", "KQL_UNSUPPORTED", 20, 1],
  ["print long(99999999999999999999)", "KQL_LITERAL", 6, 1],
  ["Events | count; Labels | count", "KQL_SYNTAX", 16, 1],
  ["let x = 1;", "KQL_SYNTAX", 0, 1],
  ["", "KQL_SYNTAX", 0, 1],
  [`print ${"(".repeat(200)}1${")".repeat(200)}`, "KQL_LIMIT", 156, 1],
  [`print ${"-".repeat(200)}1`, "KQL_LIMIT", 156, 1],
  ["Events | project -Data", "KQL_UNSUPPORTED", 17, 1],
  ["Events | project -TimeGenerated", "KQL_UNSUPPORTED", 17, 1],
  ["Events | project Data * Data", "KQL_UNSUPPORTED", 17, 1],
  ["print range(1, 100000000)", "KQL_LIMIT", 6, 1],
  ["print range(1h, 2000000h)", "KQL_LIMIT", 6, 1],
  ["print repeat('x', 100000000)", "KQL_LIMIT", 6, 1],
];

test("what is wrong or unsupported is refused with its code and place", async () => {
  for (const [query, code, start, line] of REFUSALS) {
    const error = await bench.refusal(query);
    assert.deepEqual(
      [error.code, error.position?.start, error.position?.line],
      [code, start, line],
      `${query}: ${error.message}`,
    );
  }
});

/** What only the data makes too large, by the name of its limit. */
const GROWTH: readonly (readonly [query: string, message: RegExp])[] = [
  ["Events | project range(Id, Id + 100000000)", /range\(\) .*ARRAY_VALUES_MAX/],
  ["Events | project repeat(Name, Id * 100000000)", /repeat\(\) .*ARRAY_VALUES_MAX/],
  [
    "Events | extend a = strrep(Name, 1000) | project strrep(strrep(a, 1000), 1000)",
    /strrep\(\) .*REPEATED_TEXT_BYTES_MAX/,
  ],
  ["range i from 1 to 100000000000 step 1", /range .*RANGE_ROWS_MAX/],
  ["Events | where assert(Id > 100, 'too small')", /assert\(\): too small/],
];

test("what the data makes too large is refused by the name of its limit", async () => {
  for (const [query, message] of GROWTH) {
    await assert.rejects(bench.rows(query), message, query);
  }
});

test("a plan says what it reads, draws, binds and orders", async () => {
  const plan = await bench.plan(
    "Events | where TimeGenerated > ago(1d) | join (Labels) on Id | sort by Id | render timechart with (title='x')",
  );
  assert.deepEqual(plan.tables, ["Events", "Labels"]);
  assert.deepEqual(plan.parameters, ["now"]);
  assert.equal(plan.ordered, true);
  assert.deepEqual(plan.render, { visualization: "timechart", properties: { title: "x" } });
  const unordered = await bench.plan("Labels | sort by Id | summarize count() by Label");
  assert.deepEqual([unordered.ordered, unordered.parameters, unordered.render], [false, [], null]);
});

test("only the columns that are used are read", async () => {
  const { sql } = await bench.plan(
    "Events | extend big = tostring(Data) | summarize arg_max(TimeGenerated, *) by Id | project Id, Name",
  );
  assert.equal(sql.includes('"Data"'), false, sql);
  assert.equal(sql.includes('"Name"'), true, sql);
});

test("a comparison with a constant stays one that the scan can use", async () => {
  const { sql } = await bench.plan("Events | where Name == 'beta' and Id == 2 | project Name");
  assert.match(sql, /"Name" = 'beta'/);
});
