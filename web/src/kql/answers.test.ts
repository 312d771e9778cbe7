/** Goal: an answer becomes the chart it asks for, the figures of its columns, and files that hold all of it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer, Column, Row } from "./answer.ts";
import { compareValues, nestedOf } from "./answer.ts";
import { chartOf, isDrawable } from "./chart-data.ts";
import { emptyColumns, hiddenColumns, hiddenText, withoutColumns } from "./column-list.ts";
import { objectOf } from "./object-link.ts";
import { csvOf, jsonOf } from "./save-file.ts";
import { statisticsOf } from "./statistics.ts";

const column = (name: string, type: string): Column => ({ name, type });

function answer(
  columns: readonly Column[],
  rows: readonly Row[],
  render: Partial<Answer["render"]> | null = null,
): Answer {
  const none = { visualization: null, title: null, kind: null, legend: null, series: null };
  const rest = { xColumn: null, yColumns: null, xTitle: null, yTitle: null };
  const more = { yMin: null, yMax: null, accumulate: null };
  return {
    columns,
    rows,
    render: render === null ? null : { ...none, ...rest, ...more, ...render },
    statistics: null,
    partial: null,
    elapsedMs: 0,
  };
}

const TYPE_COUNT = [column("Type", "string"), column("Count", "long")];
const DAYS = [column("Day", "datetime"), column("Type", "string"), column("Count", "long")];
const DAY = (at: number): string => `2026-01-0${at}T00:00:00Z`;

describe("charts", () => {
  for (const [visualization, kind, stack] of [
    ["timechart", "line", "none"],
    ["linechart", "line", "none"],
    ["anomalychart", "line", "none"],
    ["areachart", "area", "none"],
    ["stackedareachart", "stackedarea", "stacked"],
    ["columnchart", "column", "stacked"],
    ["barchart", "bar", "stacked"],
    ["piechart", "pie", "none"],
    ["scatterchart", "scatter", "none"],
    ["card", "card", "none"],
  ] as const) {
    test(visualization, () => {
      const chart = chartOf(answer(TYPE_COUNT, [["a", 1]], { visualization }));
      assert.deepEqual([chart?.kind, chart?.stack], [kind, stack]);
      assert.deepEqual(chart?.series, [{ name: "Count", points: [["a", 1]] }]);
      assert.equal(isDrawable(visualization), true);
    });
  }

  for (const visualization of [null, "table", "treemap"]) {
    test(`${visualization} has no chart`, () => {
      assert.equal(chartOf(answer(TYPE_COUNT, [["a", 1]], { visualization })), null);
    });
  }

  test("a kind that is not drawn is known as such", () => {
    assert.deepEqual(["table", null, "treemap"].map(isDrawable), [true, true, false]);
  });

  test("each text is a line of its own, in the order of time", () => {
    const rows = [
      [DAY(2), "a", 3],
      [DAY(1), "a", 1],
      [DAY(1), "b", null],
    ];
    const chart = chartOf(answer(DAYS, rows, { visualization: "timechart" }));
    assert.equal(chart?.xIsTime, true);
    assert.deepEqual(chart?.series, [
      {
        name: "a",
        points: [
          [Date.parse(DAY(1)), 1],
          [Date.parse(DAY(2)), 3],
        ],
      },
      { name: "b", points: [[Date.parse(DAY(1)), null]] },
    ]);
  });

  test("lists of make-series become points", () => {
    const rows = [["a", "[1,2]", `["${DAY(1)}","${DAY(2)}"]`]];
    const columns = [column("Type", "string"), column("n", "dynamic"), column("Day", "dynamic")];
    const chart = chartOf(answer(columns, rows, { visualization: "timechart" }));
    assert.deepEqual(
      chart?.series.map(({ points }) => points.map(([, y]) => y)),
      [[1, 2]],
    );
  });

  test("columns that are asked for by name are taken", () => {
    const columns = [column("a", "long"), column("b", "long"), column("c", "long")];
    const chart = chartOf(
      answer(columns, [[1, 2, 3]], {
        visualization: "columnchart",
        xColumn: "b",
        yColumns: "c",
        kind: "unstacked",
        title: "T",
      }),
    );
    assert.deepEqual(
      [chart?.xTitle, chart?.yTitle, chart?.title, chart?.stack],
      ["b", "c", "T", "none"],
    );
    assert.deepEqual(chart?.series, [{ name: "c", points: [[2, 3]] }]);
  });

  test("more than forty lines are counted, not drawn", () => {
    const rows = Array.from({ length: 50 }, (_, at) => [DAY(1), `t${at}`, at]);
    const chart = chartOf(answer(DAYS, rows, { visualization: "timechart" }));
    assert.deepEqual([chart?.series.length, chart?.left], [40, 10]);
  });
});

describe("figures", () => {
  for (const [type, values, expected] of [
    [
      "long",
      [3, 1, null, 3],
      { count: 4, missing: 1, distinct: 2, min: "1", max: "3", sum: 7, average: 7 / 3 },
    ],
    [
      "string",
      ["b", "a", "", "b"],
      { count: 4, missing: 1, distinct: 2, min: "a", max: "b", sum: null, average: null },
    ],
    [
      "dynamic",
      [{ a: 1 }, { a: 1 }],
      { count: 2, missing: 0, distinct: 1, min: null, max: null, sum: null, average: null },
    ],
    [
      "real",
      [],
      { count: 0, missing: 0, distinct: 0, min: null, max: null, sum: null, average: null },
    ],
  ] as const) {
    test(`of a ${type} column`, () => {
      const rows = values.map((value) => [value]);
      const { top, ...figures } = statisticsOf(column("x", type), rows, 0);
      assert.deepEqual(figures, expected);
      assert.ok(top.length <= 5);
    });
  }

  test("the most frequent values come first", () => {
    const rows = [["a"], ["b"], ["b"]];
    assert.deepEqual(statisticsOf(column("x", "string"), rows, 0).top, [
      { value: "b", count: 2 },
      { value: "a", count: 1 },
    ]);
  });
});

describe("columns", () => {
  const all = answer(TYPE_COUNT, [
    ["a", null],
    ["b", null],
  ]);
  test("hidden ones are left out of every row, but never all", () => {
    assert.deepEqual(withoutColumns(all, all.rows, new Set(["Count"])), {
      columns: [column("Type", "string")],
      rows: [["a"], ["b"]],
    });
    assert.equal(withoutColumns(all, all.rows, new Set(["Type", "Count"])).columns.length, 1);
  });

  test("empty ones are found, and names survive the address", () => {
    assert.deepEqual(emptyColumns(all), ["Count"]);
    const names = ["a,b", "100 %"];
    assert.deepEqual([...hiddenColumns(hiddenText(names))], names);
    assert.equal(hiddenText([]), undefined);
  });
});

describe("files", () => {
  const columns = [column("Text", "string"), column("Bag", "dynamic"), column("n", "long")];
  const rows = [
    ['a "b", c', '{"x":1}', "9223372036854775807"],
    ["=1+1", null, -3],
  ];
  test("a table as a spreadsheet reads it, without formulas of strangers", () => {
    assert.equal(
      csvOf(columns, rows),
      'Text,Bag,n\r\n"a ""b"", c","{""x"":1}",9223372036854775807\r\n\'=1+1,,-3\r\n',
    );
  });

  test("rows as objects, with what is nested", () => {
    assert.deepEqual(JSON.parse(jsonOf(columns, rows)), [
      { Text: 'a "b", c', Bag: { x: 1 }, n: "9223372036854775807" },
      { Text: "=1+1", Bag: null, n: -3 },
    ]);
  });
});

test("values are compared as their type has it; what is missing comes last", () => {
  for (const [first, second, type, sign] of [
    [2, 10, "long", -1],
    ["2", "10", "string", 1],
    [null, 1, "long", 1],
    ["", "", "string", 0],
  ] as const) {
    assert.equal(Math.sign(compareValues(first, second, type)), sign);
  }
  assert.deepEqual(nestedOf("[1]", "dynamic"), [1]);
  assert.equal(nestedOf("[1]", "string"), undefined);
  assert.equal(nestedOf("{broken", "dynamic"), undefined);
});

for (const [name, value, expected] of [
  ["an object", "QQ==---indicator--6d0a9f0e-0001-4000-8000-000000000001", true],
  ["something else", "indicator--6d0a9f0e-0001-4000-8000-000000000001", false],
  ["no text", 5, false],
] as const) {
  test(`the Id of ${name}`, () => {
    const found = objectOf([column("Id", "string")], [value]);
    assert.equal(found, expected ? value : null);
  });
}
