/** Goal: each line gets one answer, in order, however the bytes are cut and whatever they are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type AnswerLine, answerLines } from "./answer-lines.ts";

const echo: AnswerLine = (input, index) =>
  JSON.stringify(input.ok ? [index, input.value] : [index, input.rule]);

async function answersTo(chunks: readonly Buffer[], firstIndex = 0): Promise<string> {
  let answers = "";
  const output = {
    write: async (text: string): Promise<boolean> => {
      answers += text;
      return true;
    },
  };
  async function* input(): AsyncGenerator<Buffer> {
    yield* chunks;
  }
  await answerLines({ chunks: input(), output, answer: echo, firstIndex });
  return answers;
}

test("lines of all kinds", async () => {
  const cases: readonly (readonly [input: string | Buffer, answers: string])[] = [
    ["", ""],
    ["1\n", "[0,1]\n"],
    ["1\n2", "[0,1]\n[1,2]\n"],
    ["1\r\n2\r\n", "[0,1]\n[1,2]\n"],
    ["\n1\n\n", '[0,"json.syntax"]\n[1,1]\n[2,"json.syntax"]\n'],
    ["{bad\n[]\n", '[0,"json.syntax"]\n[1,[]]\n'],
    [Buffer.from([0x22, 0xff, 0x22, 0x0a, 0x31, 0x0a]), '[0,"json.syntax"]\n[1,1]\n'],
    ['"\u00e4\u{1f4a5}"\n', '[0,"\u00e4\u{1f4a5}"]\n'],
  ];
  for (const [input, answers] of cases) {
    assert.equal(await answersTo([Buffer.from(input)]), answers, JSON.stringify(input));
  }
  assert.equal(await answersTo([Buffer.from("1\n")], 7), "[7,1]\n");
});

test("it does not matter where the input is cut", async () => {
  const bytes = Buffer.from('{"a":"\u00e4"}\n\n[1]\nbad\n"\u{1f4a5}"\n7');
  const whole = await answersTo([bytes]);
  assert.equal(whole.split("\n").length, 7);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
      const ends = [...cuts.sort((left, right) => left - right), bytes.length];
      const chunks = ends.map((end, place) => bytes.subarray(ends[place - 1] ?? 0, end));
      assert.equal(await answersTo(chunks), whole);
    }),
    { numRuns: 200 },
  );
});

test("a line that is too long is answered, and the next one is read", async () => {
  const part = Buffer.alloc(16 * 1024 * 1024, "1");
  const chunks = [part, part, part, part, part, Buffer.from("1\n2\n")];
  assert.equal(await answersTo(chunks), '[0,"limit"]\n[1,2]\n');
});

test("nothing more is read once nobody reads the answers", async () => {
  let pulled = 0;
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) {
      pulled += 1;
      yield Buffer.from("1\n");
    }
  }
  const output = { write: async (): Promise<boolean> => pulled < 3 };
  assert.equal(await answerLines({ chunks: endless(), output, answer: echo }), 3);
  assert.equal(pulled, 3);
});
