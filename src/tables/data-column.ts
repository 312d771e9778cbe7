/**
 * The column `Data`: the STIX object as compact JSON, without empty keys and values, as Sentinel writes it. Numbers
 * that JavaScript would round keep their digits.
 */

/** A number that JavaScript may not write as it was: very long, or with an exponent. */
const LONG_NUMBER = /[[:,\s]-?(?:\d{16}|\d+\.\d{15}|\d+(?:\.\d+)?[eE])/;

/** Deepest level that is cleaned; the upload's own bound on nesting lies below. */
const DEPTH_MAX = 1_000;

type Json = string | number | boolean | null | object;

/** An object as it goes into the column. */
export type Data = Readonly<Record<string, unknown>>;

/** The object of a text without its empty members; an empty one when the text is no JSON object. */
export function dataOf(json: string): Data {
  const parsed = parse(json);
  return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
    ? ((withoutEmpty(parsed, 0) as Data | undefined) ?? {})
    : {};
}

/** The same object with its own texts cut, for rows that repeat it many times. */
export function shortened(data: Data, charactersMax: number): Data {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      typeof value === "string" ? value.slice(0, charactersMax) : value,
    ]),
  );
}

function parse(json: string): unknown {
  try {
    return LONG_NUMBER.test(json) ? JSON.parse(json, keepDigits) : JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** What the engine of this runtime offers for numbers beyond its own, and the library's types don't know yet. */
const exactJson = JSON as unknown as { rawJSON(text: string): object };

function keepDigits(
  this: unknown,
  _key: string,
  value: unknown,
  context?: { source?: string },
): unknown {
  const source = context?.source;
  return typeof value === "number" && source !== undefined && String(value) !== source
    ? exactJson.rawJSON(source)
    : value;
}

/** The value without empty texts, nulls, empty lists and empty objects; undefined when nothing is left. */
function withoutEmpty(value: Json, depth: number): Json | undefined {
  if (value === "" || value === null) {
    return undefined;
  }
  if (typeof value !== "object" || depth > DEPTH_MAX || isRaw(value)) {
    return value;
  }
  if (Array.isArray(value)) {
    const kept: Json[] = value
      .map((item: Json) => withoutEmpty(item, depth + 1))
      .filter((item) => item !== undefined);
    return kept.length === 0 ? undefined : kept;
  }
  return withoutEmptyMembers(value as Record<string, Json>, depth);
}

function withoutEmptyMembers(object: Record<string, Json>, depth: number): Json | undefined {
  let count = 0;
  for (const key of Object.keys(object)) {
    const kept = key === "" ? undefined : withoutEmpty(object[key] as Json, depth + 1);
    if (kept === undefined) {
      delete object[key];
    } else {
      object[key] = kept;
      count += 1;
    }
  }
  return count === 0 ? undefined : object;
}

function isRaw(value: object): boolean {
  return Object.isFrozen(value) && "rawJSON" in value;
}
