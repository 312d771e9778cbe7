/** Goal: dynamic values, arrays, sets and bags behave as in KQL, whether the generator sees them or not. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { KqlType } from "../types.ts";
import { type Check, call, cell, checkAll, lit, refusal } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";
import type { SqlExpr } from "./sql-expr.ts";

/** JSON is a dynamic value; numbers, texts and booleans are scalars of their own when they are tagged so. */
type Argument = { readonly dynamic: unknown } | string | number | boolean;
type Row = readonly [name: string, args: readonly Argument[], expected: unknown];

const dyn = (dynamic: unknown): Argument => ({ dynamic });
const piece = (argument: Argument, make: typeof lit): SqlExpr => {
  switch (typeof argument) {
    case "object":
      return make("dynamic", JSON.stringify(argument.dynamic));
    case "number":
      return Number.isInteger(argument) ? make("long", String(argument)) : make("real", argument);
    case "boolean":
      return make("bool", argument);
    default:
      return make("string", argument);
  }
};

function rows(
  type: KqlType,
  list: readonly Row[],
  kinds: readonly (typeof lit)[] = [lit, cell],
): Check[] {
  return list.flatMap(([name, args, expected]) =>
    kinds.map(
      (make): Check => [
        `${name}(${JSON.stringify(args)})${make === cell ? " of rows" : ""}`,
        call(SCALARS, name, type, ...args.map((argument) => piece(argument, make))),
        expected,
      ],
    ),
  );
}

const BAG = dyn({ a: 1, b: { "x y": [10, { c: "t" }] }, "d.e": null, "*": 4, 'q"': 5 });
const ARRAY = dyn([1, 2, 3, 4, 5]);

checkAll("elements are reached by key and by position", () => [
  ...rows("dynamic", [
    ["[]", [BAG, "a"], "1"],
    ["[]", [BAG, "A"], null],
    ["[]", [BAG, "d.e"], null],
    ["[]", [BAG, "*"], "4"],
    ["[]", [BAG, 'q"'], "5"],
    ["[]", [BAG, ""], null],
    ["[]", [BAG, 0], null],
    ["[]", [ARRAY, 0], "1"],
    ["[]", [ARRAY, -1], "5"],
    ["[]", [ARRAY, 10], null],
    ["[]", [ARRAY, -6], null],
    ["[]", [ARRAY, "0"], null],
    ["[]", [dyn("text"), 0], null],
    ["[]", [dyn(null), "a"], null],
    ["[]", [ARRAY, dyn(2)], "3"],
    ["[]", [BAG, dyn("a")], "1"],
  ]),
  ["a walk is one path", walk(BAG, "b", "x y", 1, "c"), '"t"'],
  ["the text of a walk", call(SCALARS, "tostring", "string", walk(BAG, "b", "x y", 1, "c")), "t"],
  ["the text of nothing", call(SCALARS, "tostring", "string", walk(BAG, "b", "none")), ""],
  ["a number of a walk", call(SCALARS, "tolong", "long", walk(BAG, "b", "x y", 0)), "10"],
  ["part of a split", part("a,b", 1), "b"],
  ["last part of a split", part("a,b", -1), "b"],
  ["no part of a split", part("a,b", 2), ""],
  ...firstParts("ipv4-addr:value", '["ipv4-addr"]', "ipv4-addr"),
  ...firstParts('a"[b\\:c', '["a\\"[b\\\\"]', "a\\b\\\\"),
  ...firstParts("", '[""]', ""),
]);

function walk(root: Argument, ...steps: readonly (string | number)[]): SqlExpr {
  return steps.reduce<SqlExpr>(
    (base, step) => call(SCALARS, "[]", "dynamic", base, piece(step, lit)),
    piece(root, cell),
  );
}

function part(text: string, index: number): SqlExpr {
  const split = call(SCALARS, "split", "dynamic", cell("string", text), lit("string", ","));
  return call(
    SCALARS,
    "tostring",
    "string",
    call(SCALARS, "[]", "dynamic", split, piece(index, lit)),
  );
}

/** `split(text, ':', 0)` as text, and that without its brackets and quotes, as rules take the type of an observable. */
function firstParts(text: string, json: string, bare: string): Check[] {
  const split = call(
    SCALARS,
    "split",
    "dynamic",
    cell("string", text),
    lit("string", ":"),
    lit("long", "0"),
  );
  const written = call(SCALARS, "tostring", "string", split);
  const pattern = lit("string", '\\[|\\]|"');
  return [
    [`first part of ${text}`, written, json],
    [
      `first part of ${text}, bare`,
      call(SCALARS, "replace_regex", "string", written, pattern, lit("string", "")),
      bare,
    ],
    [
      `first part of ${text}, bare in the older spelling`,
      call(SCALARS, "replace", "string", pattern, lit("string", ""), written),
      bare,
    ],
  ];
}

checkAll("dynamic values are made and read", () => [
  ...rows("string", [
    ["gettype", [dyn({})], "dictionary"],
    ["gettype", [dyn([])], "array"],
    ["gettype", [dyn("x")], "string"],
    ["gettype", [dyn(1)], "long"],
    ["gettype", [dyn(1.5)], "double"],
    ["gettype", [dyn(true)], "bool"],
    ["gettype", [dyn(null)], "null"],
    ["gettype", [1.5], "real"],
    ["gettype", ["x"], "string"],
    [
      "dynamic_to_json",
      [dyn({ b: 2, a: { d: null, c: [{ z: 1, y: "é" }] } })],
      '{"a":{"c":[{"y":"é","z":1}],"d":null},"b":2}',
    ],
    ["tostring", [dyn({ b: [1, null] })], '{"b":[1,null]}'],
    ["tostring", [dyn("x")], "x"],
    ["tostring", [dyn(null)], ""],
    ["tostring", [dyn(true)], "true"],
  ]),
  ...rows("dynamic", [
    ["parse_json", ['{"b": 2, "a": [1.50]}'], '{"b":2,"a":[1.5]}'],
    ["parse_json", ["not json"], '"not json"'],
    ["parse_json", ["[NaN]"], '"[NaN]"'],
    ["parse_json", ['{"a \\" Infinity":"NaN"}'], '{"a \\" Infinity":"NaN"}'],
    ["parse_json", [""], null],
    ["parse_json", ["null"], null],
    ["parse_json", ["3"], "3"],
    ["parse_json", [7], "7"],
    ["parse_json", [dyn({ a: 1 })], '{"a":1}'],
    ["pack_array", [1, "x", dyn([2]), dyn(null), true], '[1,"x",[2],null,true]'],
    ["bag_pack", ["a", 1, "b c", dyn(null), 'q"', "v"], '{"a":1,"b c":null,"q\\"":"v"}'],
    ["zip", [dyn([1, 2, 3]), dyn(["a"])], '[[1,"a"],[2,null],[3,null]]'],
    ["repeat", ["a", 3], '["a","a","a"]'],
    ["repeat", [1, 0], "[]"],
    ["range", [1, 10, 4], "[1,5,9]"],
    ["range", [3, 1], "[]"],
    ["range", [0.5, 2, 0.5], "[0.5,1.0,1.5,2.0]"],
    ["range", [1, 5, 0], null],
  ]),
]);

checkAll("arrays", () => [
  ...rows("long", [
    ["array_length", [ARRAY], "5"],
    ["array_length", [dyn({})], null],
    ["array_length", [dyn(null)], null],
    ["array_index_of", [dyn(["a", "b", "a"]), "a"], "0"],
    ["array_index_of", [dyn(["a", "b", "a"]), "a", 1], "2"],
    ["array_index_of", [dyn(["a", "b", "a"]), "a", -2], "2"],
    ["array_index_of", [dyn(["a", "b", "a"]), "a", 0, -1, 2], "2"],
    ["array_index_of", [dyn(["a", "b", "a"]), "a", 1, 1], "-1"],
    ["array_index_of", [dyn(["a", 1]), "1"], "-1"],
    ["array_index_of", [dyn({}), "1"], null],
  ]),
  ...rows("dynamic", [
    ["array_concat", [dyn([1, null]), dyn(["a", [2]])], '[1,null,"a",[2]]'],
    ["array_concat", [dyn({ a: 1 }), dyn([99])], "[99]"],
    ["array_concat", [dyn(null), dyn("x")], "[]"],
    ["array_slice", [ARRAY, 1, 2], "[2,3]"],
    ["array_slice", [ARRAY, 2, -2], "[3,4]"],
    ["array_slice", [ARRAY, -3, -1], "[3,4,5]"],
    ["array_slice", [ARRAY, 0, 100], "[1,2,3,4,5]"],
    ["array_slice", [ARRAY, -100, 0], "[1]"],
    ["array_slice", [ARRAY, 4, 2], "[]"],
    ["array_slice", [dyn({}), 0, 1], null],
    ["array_split", [ARRAY, 2], "[[1,2],[3,4,5]]"],
    ["array_split", [ARRAY, dyn([1, 3])], "[[1],[2,3],[4,5]]"],
    ["array_split", [ARRAY, -2], "[[1,2,3],[4,5]]"],
    ["array_reverse", [dyn(["x", null, 1])], '[1,null,"x"]'],
    ["array_rotate_left", [ARRAY, 2], "[3,4,5,1,2]"],
    ["array_rotate_left", [ARRAY, -2], "[4,5,1,2,3]"],
    ["array_rotate_right", [ARRAY, 7], "[4,5,1,2,3]"],
    ["array_rotate_left", [dyn([]), 2], "[]"],
    ["array_shift_left", [ARRAY, 2], "[3,4,5,null,null]"],
    ["array_shift_left", [ARRAY, -2, -1], "[-1,-1,1,2,3]"],
    ["array_shift_right", [ARRAY, 2, 0], "[0,0,1,2,3]"],
    ["array_iff", [dyn([true, false, null]), dyn([1, 2, 3]), dyn([4, 5])], "[1,5,null]"],
    ["array_iff", [dyn([1, 0]), "x", dyn([4, 5])], '["x",5]'],
    ["array_sort_asc", [dyn([3, null, 1, 2.5, "b", "a"])], '[1,2.5,3,"a","b",null]'],
    ["array_sort_desc", [dyn([3, null, 1, 2.5])], "[3,2.5,1,null]"],
    ["array_sort_asc", [dyn([])], "[]"],
    [
      "array_sort_asc",
      [dyn([2, null, 1, 2]), dyn(["a", "b", "c", "d"])],
      '[[1,2,2,null],["c","a","d","b"]]',
    ],
    [
      "array_sort_desc",
      [dyn([1, 2, 2]), dyn(["a", "b", "c"]), dyn([7])],
      '[[2,2,1],["b","c","a"],null]',
    ],
  ]),
  ...rows("dynamic", [["array_sort_desc", [dyn([1, null, 3]), false], "[null,3,1]"]], [lit]),
  ...rows("string", [
    ["strcat_array", [dyn(["a", null, "", 1, [2]]), "|"], "a|||1|[2]"],
    ["strcat_array", [dyn({}), "|"], ""],
    ["strcat_array", [dyn([]), "|"], ""],
    ["array_strcat", [dyn([1, 2]), "->"], "1->2"],
  ]),
  ...rows("real", [
    ["array_sum", [dyn([1, null, 3.5])], 4.5],
    ["array_sum", [dyn([])], null],
  ]),
]);

checkAll("sets and bags", () => [
  ...rows("dynamic", [
    ["set_union", [dyn([1, 2, 2]), dyn([3, 1]), dyn([4])], "[1,2,3,4]"],
    ["set_union", [dyn(null), dyn([1, 1])], "[1]"],
    ["set_intersect", [dyn([1, 2, 3, 3]), dyn([3, 2, 9]), dyn([3])], "[3]"],
    ["set_difference", [dyn([1, 2, 3, 3, null]), dyn([2]), dyn([null])], "[1,3]"],
    ["bag_keys", [dyn({ a: 1, b: 2 })], '["a","b"]'],
    ["bag_keys", [dyn([])], null],
    ["bag_keys", [dyn({})], "[]"],
    ["bag_merge", [dyn({ a: 1, b: 2 }), dyn({ b: 3, c: null })], '{"a":1,"b":2,"c":null}'],
    ["bag_merge", [dyn(null), dyn({ b: 3 })], '{"b":3}'],
    ["bag_remove_keys", [dyn({ a: 1, b: 2, c: 3 }), dyn(["a", "c", "x"])], '{"b":2}'],
    ["bag_zip", [dyn(["a", 1, "b", "c"]), dyn([1, 2, 3])], '{"a":1,"b":3,"c":null}'],
  ]),
  ...rows(
    "dynamic",
    [
      ["bag_set_key", [dyn({ a: 1 }), "b", "x"], '{"a":1,"b":"x"}'],
      ["bag_set_key", [dyn({ a: 1, b: 2 }), "a", dyn([])], '{"a":[],"b":2}'],
    ],
    [lit],
  ),
  ...rows("bool", [
    ["set_has_element", [dyn([1, "a", null]), "a"], true],
    ["set_has_element", [dyn([1, 2]), "2"], false],
    ["set_has_element", [dyn({}), 2], null],
    ["set_equals", [dyn([1, 2, 2]), dyn([2, 1])], true],
    ["set_equals", [dyn([1, 2]), dyn([1])], false],
    ["bag_has_key", [dyn({ a: null }), "a"], true],
    ["bag_has_key", [dyn({ a: 1 }), "b"], false],
    ["bag_has_key", [dyn([]), "b"], null],
  ]),
  ...rows("real", [["jaccard_index", [dyn([1, 2, 3, 4]), dyn([3, 4, 5, 6, 6])], 1 / 3]]),
]);

test("what has no elements and what is not computed is refused", () => {
  assert.match(
    refusal(() => call(SCALARS, "[]", "dynamic", lit("string", "x"), lit("long", "0"))),
    /type string/,
  );
  assert.match(
    refusal(() => call(SCALARS, "bag_pack", "dynamic", lit("string", "x"))),
    /for each key/,
  );
  assert.match(
    refusal(() => call(SCALARS, "treepath", "dynamic", lit("dynamic", "{}"))),
    /not supported/,
  );
});
