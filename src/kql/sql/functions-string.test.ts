/** Goal: functions and operators on text behave as in KQL, on constants and on values of rows alike. */
import type { KqlType } from "../types.ts";
import { type Check, call, cell, checkAll, lit } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";
import type { SqlExpr } from "./sql-expr.ts";

type Value = string | number | boolean | null | readonly Value[];
type Row = readonly [name: string, args: readonly Value[], expected: unknown];

const literalOf = (value: Value, make: typeof lit): SqlExpr =>
  Array.isArray(value)
    ? make("dynamic", JSON.stringify(value))
    : typeof value === "number"
      ? make("long", String(value))
      : typeof value === "boolean"
        ? make("bool", value)
        : make("string", value as string);

/** Calls with constants. */
function constants(type: KqlType, list: readonly Row[]): Check[] {
  return list.map(([name, args, expected]) => [
    `${name}(${JSON.stringify(args)})`,
    call(SCALARS, name, type, ...args.map((arg) => literalOf(arg, lit))),
    expected,
  ]);
}

/** Calls with constants, and with values that the generator cannot see. */
function rows(type: KqlType, list: readonly Row[]): Check[] {
  const values = list.map(
    ([name, args, expected]): Check => [
      `${name}(${JSON.stringify(args)}) of rows`,
      call(SCALARS, name, type, ...args.map((arg) => literalOf(arg, cell))),
      expected,
    ],
  );
  return [...constants(type, list), ...values];
}

checkAll("text is cut and joined", () => [
  ...rows("string", [
    ["strcat", ["a", 1, true, ""], "a1True"],
    ["strcat_delim", ["|", "a", "", 1], "a||1"],
    ["tolower", ["ПриВЕТ É"], "привет é"],
    ["toupper", ["naïve"], "NAÏVE"],
    ["toupper", ["straße"], "STRAßE"],
    ["reverse", ["olleℌ"], "ℌello"],
    ["substring", ["abcdefghij", 3, 4], "defg"],
    ["substring", ["abcdefghij", 7], "hij"],
    ["substring", ["abcdefghij", -4, 2], "gh"],
    ["substring", ["short", -4], "hort"],
    ["substring", ["abc", 10, 5], ""],
    ["substring", ["abc", 1, -1], ""],
    ["substring", ["abc", 0, 0], ""],
    ["substring", ["é😀x", 1, 1], "😀"],
    ["substring", ["", -4, 2], ""],
    ["strrep", ["ab", 3], "ababab"],
    ["strrep", ["ab", 0], ""],
    ["strrep", ["ab", 3, "-"], "ab-ab-ab"],
    ["strrep", ["ab", 2, ""], "abab"],
    ["strrep", ["ab", 0, "-"], ""],
    ["strrep", [7, 2], "77"],
    ["replace_string", ["aXbX", "X", "yy"], "ayybyy"],
    ["replace_string", ["aaa", "", "X"], "aaa"],
    ["replace_strings", ["This is it", ["This", "is"], [1, "was"]], "1 was it"],
    ["replace_strings", ["a.b", ["."], ["-", "unused"]], "a-b"],
    ["translate", ["krasp", "otsku", "spark"], "kusto"],
    ["translate", ["abc", "x", "abcd"], "xxxd"],
    ["translate", ["abc", "", "abd"], "d"],
    ["unicode_codepoints_to_string", [75, [117, 115], 116, 111], "Kusto"],
  ]),
  ...rows("long", [
    ["strlen", ["emoji😀here"], "10"],
    ["strlen", [""], "0"],
    ["string_size", ["ℌello"], "7"],
    ["strcmp", ["ABC", "abc"], "-1"],
    ["strcmp", ["abc", "abc"], "0"],
    ["strcmp", ["abcde", "abc"], "1"],
  ]),
  ...rows("dynamic", [
    ["split", ["a,b,,c,", ","], '["a","b","","c",""]'],
    ["split", ["", ","], '[""]'],
    ["split", ["aXXb", "XX"], '["a","b"]'],
    ["split", ["a_b", ""], '["a_b"]'],
    ["split", ["aa_bb_cc", "_", 1], '["bb"]'],
    ["split", ["aa_bb_cc", "_", 3], null],
    ["split", ["aa_bb_cc", "_", -1], null],
    ["to_utf8", ["aé"], "[97,233]"],
    ["unicode_codepoints_from_string", ["Ku⒯"], "[75,117,9391]"],
  ]),
  ...rows("bool", [
    ["isascii", ["some string"], true],
    ["isascii", ["é"], false],
    ["isutf8", ["é"], true],
  ]),
]);

checkAll("text is found", () => [
  ...rows("long", [
    ["indexof", ["abcdefg", "cde"], "2"],
    ["indexof", ["abcdefg", "cde", 1, 4], "2"],
    ["indexof", ["abcdefg", "cde", 1, 2], "-1"],
    ["indexof", ["abcdefg", "cde", 3, 4], "-1"],
    ["indexof", ["abcdefg", "cde", -5], "2"],
    ["indexof", [1234567, 5, 1, 4], "4"],
    ["indexof", ["abcdefg", "cde", 2, -1], "2"],
    ["indexof", ["abcdefgabcdefg", "cde", 1, 10, 2], "9"],
    ["indexof", ["abcdefgabcdefg", "cde", 1, -1, 3], "-1"],
    ["indexof", ["abc", "c", 0, -2], null],
    ["indexof", ["😀é", "é"], "1"],
  ]),
  ...rows("bool", [
    ["contains", ["FabriKam", "BRik"], true],
    ["!contains", ["FabriKam", "BRik"], false],
    ["contains_cs", ["FabriKam", "Kam"], true],
    ["contains_cs", ["FabriKam", "kam"], false],
    ["!contains_cs", ["FabriKam", "kam"], true],
    ["contains", ["x", ""], true],
    ["startswith", ["Fabrikam", "fab"], true],
    ["startswith_cs", ["Fabrikam", "fab"], false],
    ["!startswith", ["127.0.0.1", "127."], false],
    ["startswith", ["::1", "::"], true],
    ["endswith", ["a.1/2", ".1/2"], true],
    ["startswith", ["_ab", "_A"], true],
    ["endswith", ["Fabrikam", "KAM"], true],
    ["!endswith_cs", ["Fabrikam", "KAM"], true],
    ["=~", ["CAFÉ RÉSUMÉ", "café résumé"], true],
    ["!~", ["Ａ", "a"], true],
    ["has", ["alpha_beta", "alpha"], true],
    ["has", ["alphabeta", "alpha"], false],
    ["has", ["the QUICK fox", "quick"], true],
    ["has_cs", ["the QUICK fox", "quick"], false],
    ["has", ["café", "caf"], false],
    ["has", ["version=1.2.3", "2.3"], true],
    ["has", ["x.com", ".com"], true],
    ["has", ["x.community", ".com"], false],
    ["has", ["a b", " "], true],
    ["has", ["x", ""], true],
    ["!has", ["hello-world", "hello"], false],
    ["hasprefix", ["North America", "ame"], true],
    ["hasprefix", ["North America", "merica"], false],
    ["hassuffix", ["North America.", "ICA"], true],
    ["!hassuffix", ["North America", "ameri"], true],
    ["hasprefix_cs", ["North America", "ame"], false],
    ["has_any", ["a quick fox", "dog", "FOX"], true],
    ["has_any", ["a quick fox", ["dog", "ox"]], false],
    ["has_any", ["x.com", [".com"]], true],
    ["has_all", ["a quick fox", "quick", "fox"], true],
    ["has_all", ["a quick fox", ["quick", "dog"]], false],
    ["matches regex", ["a1b2", "[a-z][0-9]"], true],
    ["matches regex", ["A1", "[a-z][0-9]"], false],
    ["in", ["a", "b", "a"], true],
    ["in", ["a", ["b", "A"]], false],
    ["in~", ["a", ["b", "A"]], true],
    ["!in", ["", "b"], true],
    ["!in~", ["B", "b"], false],
  ]),
  ...constants("long", [
    ["has_any_index", ["this is an example", ["this", "example"]], "0"],
    ["has_any_index", ["this is an example", ["not", "EXAMPLE"]], "1"],
    ["has_any_index", ["this is an example", ["none"]], "-1"],
    ["has_any_index", ["this is an example", []], null],
  ]),
  ...constants("bool", [["matches regex", ["ab", "(?<n>a)b"], true]]),
]);

checkAll("regular expressions", () => [
  ...rows("string", [
    ["replace_regex", ["abcABCabc", "(?i)abc", "#"], "###"],
    ["replace_regex", ["aB", "([a-z])([A-Z])", "\\2\\1\\0"], "BaaB"],
    ["replace_regex", ['["a","b"]', '[\\[\\]"]', ""], "a,b"],
    ["replace_regex", ['["a"]\\', '\\[|\\]|"', ""], "a\\"],
    ["replace_regex", ["a-c^b", "[^a]", ""], "a"],
    ["replace_regex", ["a-c^b", "[a-c]", ""], "-^"],
    ["replace_regex", ["x|y", "x\\|y", ""], ""],
    ["trim", ["x", "xxabcxx"], "xabcx"],
    ["trim", ["[x\\s]+", " xabcx "], "abc"],
    ["trim", ["x", "x"], ""],
    ["trim_start", ["--", "--a--"], "a--"],
    ["trim_end", ["-", "a--"], "a-"],
    ["regex_quote", ["a.b-c"], "a\\.b\\-c"],
  ]),
  ...constants("string", [
    ["extract", ["x=(\\d+)(y)?", 1, "x=45"], "45"],
    ["extract", ["x=(\\d+)(y)?", 0, "ax=45"], "x=45"],
    ["extract", ["x=(\\d+)(y)?", 2, "x=45"], ""],
    ["extract", ["(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)", 10, "abcdefghij"], "j"],
    ["extract", ["q(.)", 1, "x"], ""],
  ]),
  ...constants("dynamic", [
    ["extract_all", ["(\\d+)", "1-22-3"], '["1","22","3"]'],
    ["extract_all", ["([a-z])(\\d)?", "a1b"], '[["a","1"],["b",""]]'],
    ["extract_all", ["(\\w)(\\w+)(\\w)", [1, 3], "82b8be2d"], '[["8","d"]]'],
    ["extract_all", ["(?P<first>\\w)(\\d)", ["first"], "a1b2"], '["a","b"]'],
    ["extract_all", ["(\\d)", "nope"], null],
    ["extract_all", ["([(])", "a(b("], '["(","("]'],
  ]),
  ...constants("long", [
    ["countof", ["The cat sat on the mat", "at"], "3"],
    ["countof", ["aaaa", "aa"], "3"],
    ["countof", ["ababa", "aba"], "2"],
    ["countof", ["ababa", "aba", "normal"], "2"],
    ["countof", ["ababa", "aba", "regex"], "1"],
    ["countof", ["abcabc", "a.c", "regex"], "2"],
    ["countof", ["a\\\\b", "\\"], "2"],
    ["indexof_regex", ["abcabc", "b."], "1"],
    ["indexof_regex", ["abc", "x"], "-1"],
    ["indexof_regex", ["a ab b", "\\bb"], "5"],
  ]),
]);

checkAll("text as the codes of other texts", () =>
  rows("string", [
    ["base64_encode_tostring", ["Kusto é"], "S3VzdG8gw6k="],
    ["base64_decode_tostring", ["S3VzdG8gw6k="], "Kusto é"],
    ["base64_decode_tostring", ["not base64!"], ""],
    ["base64_decode_tostring", ["/w=="], ""],
    ["base64_decode_toarray", ["S3VzdG8="], "[75,117,115,116,111]"],
    ["base64_encode_fromarray", [[75, 117, 115, 116, 111]], "S3VzdG8="],
    [
      "base64_encode_fromguid",
      ["ae3133f2-6e22-49ae-b06a-16e6a9b212eb"],
      "8jMxriJurkmwahbmqbIS6w==",
    ],
    ["base64_decode_toguid", ["no guid"], null],
    ["base64_decode_toguid", ["8jMxriJurkmwahbmqbIS6w=="], "ae3133f2-6e22-49ae-b06a-16e6a9b212eb"],
    ["url_encode", ["https://x.org/hello world"], "https%3a%2f%2fx.org%2fhello+world"],
    ["url_encode_component", ["a b/é"], "a%20b%2f%c3%a9"],
    ["url_decode", ["https%3a%2f%2fx.org%2fhello+world%C3%A9"], "https://x.org/hello worldé"],
    ["hash_md5", ["World"], "f5a7924e621e84c9280a9a27e1bcb7f6"],
    ["hash_sha1", ["World"], "70c07ec18ef89c5309bbb0937f3a6342411e1fdd"],
    ["hash_sha256", ["World"], "78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524"],
  ]),
);
