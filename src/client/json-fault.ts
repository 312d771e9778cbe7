/**
 * Finds the first fault of a JSON text by the grammar of RFC 8259, for the message about it. Slow and exact;
 * it runs only on texts that JSON.parse has refused.
 *
 * ```
 * value  = object / array / string / number / "true" / "false" / "null"
 * object = "{" [ string ":" value *( "," string ":" value ) ] "}"
 * array  = "[" [ value *( "," value ) ] "]"
 * ```
 */
import { type JsonFault, skipSpace } from "./json-scan.ts";

type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma or end" | "nothing";

/** How each expectation is worded in a message. */
const WORDING: Readonly<Record<Expected, string>> = {
  value: "a value",
  "value or ]": "a value or ]",
  key: "a property name in double quotes",
  "key or }": "a property name in double quotes or }",
  colon: "a colon",
  "comma or end": "a comma or the closing bracket",
  nothing: "the end",
};

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WORD_BYTES_MAX = 1_000;

/** The state of the walk: open brackets, innermost last. */
interface Walk {
  readonly bytes: Buffer;
  readonly open: ("{" | "[")[];
}

/** The first fault of the one value that begins at or after `at`; undefined when it is sound. */
export function firstFault(bytes: Buffer, at: number): JsonFault | undefined {
  const walk: Walk = { bytes, open: [] };
  let expected: Expected = "value";
  let place = at;
  for (;;) {
    place = skipSpace(bytes, place);
    if (place >= bytes.length) {
      return { offset: bytes.length, reason: `the text ends, where ${WORDING[expected]} belongs` };
    }
    const step = stepOver(walk, place, expected);
    if ("reason" in step) {
      return step;
    }
    if (step.next === "nothing") {
      return undefined;
    }
    expected = step.next;
    place = step.end;
  }
}

interface Step {
  readonly end: number;
  readonly next: Expected;
}

function stepOver(walk: Walk, at: number, expected: Expected): Step | JsonFault {
  const character = String.fromCharCode(walk.bytes[at] ?? 0);
  const wrong: JsonFault = {
    offset: at,
    reason: `${shown(character)}, where ${WORDING[expected]} belongs`,
  };
  switch (expected) {
    case "colon":
      return character === ":" ? { end: at + 1, next: "value" } : wrong;
    case "comma or end":
      return commaOrEnd(walk, at, character) ?? wrong;
    case "key":
    case "key or }":
      if (character === '"') {
        return overString(walk.bytes, at, "colon");
      }
      return character === "}" && expected === "key or }" ? close(walk, at) : wrong;
    case "value":
    case "value or ]":
      if (character === "]" && expected === "value or ]") {
        return close(walk, at);
      }
      return overValue(walk, at, character) ?? wrong;
    case "nothing":
      return wrong;
  }
}

function commaOrEnd(walk: Walk, at: number, character: string): Step | undefined {
  const isObject = walk.open.at(-1) === "{";
  if (character === ",") {
    return { end: at + 1, next: isObject ? "key" : "value" };
  }
  return character === (isObject ? "}" : "]") ? close(walk, at) : undefined;
}

function close(walk: Walk, at: number): Step {
  walk.open.pop();
  return { end: at + 1, next: afterValue(walk) };
}

function afterValue(walk: Walk): Expected {
  return walk.open.length === 0 ? "nothing" : "comma or end";
}

function overValue(walk: Walk, at: number, character: string): Step | JsonFault | undefined {
  if (character === "{" || character === "[") {
    walk.open.push(character);
    return { end: at + 1, next: character === "{" ? "key or }" : "value or ]" };
  }
  if (character === '"') {
    return overString(walk.bytes, at, afterValue(walk));
  }
  const word =
    /^[^ \t\r\n"[\]{},:]*/.exec(walk.bytes.toString("latin1", at, at + WORD_BYTES_MAX))?.[0] ?? "";
  if (word === "") {
    return undefined;
  }
  const sound = word === "true" || word === "false" || word === "null" || NUMBER.test(word);
  return sound
    ? { end: at + word.length, next: afterValue(walk) }
    : { offset: at, reason: `${shown(word)} is neither a value nor a number` };
}

function overString(bytes: Buffer, at: number, next: Expected): Step | JsonFault {
  let place = at + 1;
  for (;;) {
    const byte = bytes[place];
    if (byte === undefined) {
      return { offset: at, reason: "a string that is never closed" };
    }
    if (byte === 0x22) {
      return { end: place + 1, next };
    }
    if (byte < 0x20) {
      return { offset: place, reason: "a control character or line break inside a string" };
    }
    if (byte === 0x5c) {
      const sequence = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(
        bytes.toString("latin1", place + 1, place + 6),
      )?.[0];
      if (sequence === undefined) {
        return { offset: place, reason: "a backslash that begins no escape" };
      }
      place += sequence.length;
    }
    place += 1;
  }
}

function shown(word: string): string {
  const printable = word.length > 40 ? `${word.slice(0, 40)}…` : word;
  return /^[\x20-\x7e…]+$/.test(printable) ? `"${printable}"` : "a character outside of JSON";
}
