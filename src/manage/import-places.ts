/** Where in a file a part of a record stands: the line of a property, or of the nearest that should hold it. */
import {
  elementsOf,
  type Member,
  membersOf,
  opensArray,
  opensObject,
  type Span,
} from "../client/index.ts";

const NEWLINE = 0x0a;

/** `external_references[0].url` as steps. */
export function stepsOf(path: string): readonly string[] {
  return path === "" ? [] : path.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
}

/** `external_references[0].url` as a JSON Pointer. @see RFC 6901 */
export function pointerOf(path: string): string {
  return stepsOf(path)
    .map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

/** The line of a path in a record. @param line of the record's first byte */
export function lineOf(bytes: Buffer, { start, end }: Span, line: number, path: string): number {
  let at = start;
  for (const step of stepsOf(path)) {
    const next = placeBelow(bytes, at, step);
    if (next === undefined) {
      break;
    }
    at = next;
  }
  return line + newlinesBetween(bytes, start, Math.min(at, end));
}

/** The first byte of a member's or an element's value. */
function placeBelow(bytes: Buffer, at: number, step: string): number | undefined {
  if (opensObject(bytes, at)) {
    let found: Member | undefined;
    for (const member of membersOf(bytes, at)) {
      found = member.key === step ? member : found;
    }
    return found?.start;
  }
  if (!opensArray(bytes, at) || !/^\d{1,9}$/.test(step)) {
    return undefined;
  }
  let left = Number(step);
  for (const element of elementsOf(bytes, at)) {
    if (left === 0) {
      return element.start;
    }
    left -= 1;
  }
  return undefined;
}

function newlinesBetween(bytes: Buffer, start: number, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE, start); at >= 0 && at < end; ) {
    lines += 1;
    at = bytes.indexOf(NEWLINE, at + 1);
  }
  return lines;
}
