/** Goal: cutting and fault finding agree with JSON.parse on every text, sound or broken. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { firstFault } from "./json-fault.ts";
import { compactText, elementsOf, parseSpan, skipValue } from "./json-scan.ts";

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether the text is one value and white space. */
function isSound(text: string): boolean {
  const bytes = Buffer.from(text);
  if (firstFault(bytes, 0) !== undefined) {
    return false;
  }
  // A sound value may be followed by anything; that is the caller's question.
  const start = /^[ \t\r\n]*/.exec(text)?.[0].length ?? 0;
  return /^[ \t\r\n]*$/.test(bytes.toString("utf8", skipValue(bytes, start)));
}

test("elements of an array are cut where they begin and end", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 1, 2), (values, indent) => {
      const bytes = Buffer.from(JSON.stringify(values, null, indent));
      const spans = [...elementsOf(bytes, 0)];
      const parsed = JSON.parse(bytes.toString()) as unknown[];
      assert.deepEqual(
        spans.map((span) => parseSpan(bytes, span)),
        parsed,
      );
      assert.deepEqual(
        spans.map((span) => JSON.parse(compactText(bytes, span)) as unknown),
        parsed,
      );
      assert.equal(skipValue(bytes, 0), bytes.length);
    }),
    { numRuns: 300 },
  );
});

test("a sound text has no fault", () => {
  fc.assert(
    fc.property(fc.json(), (text) => isSound(text)),
    { numRuns: 300 },
  );
});

test("a text has a fault exactly when JSON.parse refuses it", () => {
  const pieces = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"',
    "\\",
    "1",
    "-",
    ".5",
    "e3",
    "true",
    " ",
    "\n",
    "nul",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 9 }), (parts) => {
      const text = parts.join("");
      assert.equal(isSound(text), parses(text), text);
    }),
    { numRuns: 5000 },
  );
});

test("a text that was cut anywhere has a fault inside it", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, cut) => {
      const broken = text.slice(0, cut % (text.length + 1));
      const fault = firstFault(Buffer.from(broken), 0);
      assert.equal(fault === undefined, parses(broken) || parses(broken.trimEnd()), broken);
      assert.ok(fault === undefined || fault.offset <= Buffer.byteLength(broken));
    }),
    { numRuns: 500 },
  );
});
