/** Goal: lists of places are read as they were written, in the shorter of their forms, and damage is noticed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ByteSink, putPlaces, skipPlaces, takePlaces } from "./word-places.ts";

function written(...lists: readonly (readonly number[])[]): Uint8Array {
  const sink: ByteSink = { bytes: new Uint8Array(1), end: 0 };
  for (const list of lists) {
    putPlaces(sink, list);
  }
  return sink.bytes.slice(0, sink.end);
}

test("a list has the form that is shorter", () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);
  const cases = [
    [[0], "0200"],
    [[5], "0205"],
    [[300], "04ac02"],
    [[1, 2, 3], "030e"],
    [[0, 200], "0600c801"],
    [upTo(16), "05ffff"],
  ] as const;
  for (const [list, expected] of cases) {
    assert.equal(Buffer.from(written(list)).toString("hex"), expected, list.join());
  }
});

test("lists are read as they were written, moved and one after the other", () => {
  const place = fc.oneof(fc.nat(40), fc.nat(5_000), fc.nat(2 ** 30));
  const list = fc
    .uniqueArray(place, { minLength: 1, maxLength: 60 })
    .map((places) => places.sort((one, other) => one - other));
  fc.assert(
    fc.property(list, list, fc.nat(1_000), (first, second, shift) => {
      const source = { bytes: written(first, second, first), at: 0 };
      const places: number[] = [];
      skipPlaces(source);
      takePlaces(source, shift, places);
      takePlaces(source, 0, places);
      assert.deepEqual(places, [...second.map((each) => each + shift), ...first]);
      assert.equal(source.at, source.bytes.length);
    }),
  );
});

test("a list that ends too soon is refused", () => {
  for (const hex of ["04ac", "02", "05ff", "ffffffffffff"]) {
    const source = { bytes: Buffer.from(hex, "hex"), at: 0 };
    assert.throws(() => takePlaces(source, 0, []), RangeError, hex);
  }
});
