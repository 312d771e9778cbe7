/**
 * LIKE: `%` stands for any run of characters, `_` for exactly one, everything else for itself; there is no
 * escape.
 *
 * Without `_`, the pieces between the `%` are found one after the other, each as far left as possible, in time
 * linear in the text. With `_`, two pointers walk over form and text, and only the last `%` is ever tried again;
 * that can take longer for hostile pairs, so every step costs.
 *
 * @see STIX 2.1 §9.6.1
 */
import { type Budget, spend } from "./budget.ts";

/** Whether the whole text has the form; meaningless when the budget is used up. */
export type LikeTest = (text: string, budget: Budget) => boolean;

const PERCENT = 0x25;
const UNDERSCORE = 0x5f;
/** Longer pieces are found by a table, because trying them at every place could take too long. */
const PLAIN_SEARCH_LENGTH_MAX = 8;

/** Compiles the constant of LIKE. */
export function compileLike(form: string): LikeTest {
  if (form.includes("_")) {
    return (text, budget) => hasForm(text, form, budget);
  }
  const pieces = form.split("%");
  const first = pieces.shift() ?? "";
  const last = pieces.pop();
  if (last === undefined) {
    return (text) => text === form;
  }
  const finds = pieces.filter((piece) => piece !== "").map(finderOf);
  return (text, budget) => {
    spend(budget, text.length);
    if (!text.startsWith(first) || !text.endsWith(last)) {
      return false;
    }
    let at = first.length;
    for (const find of finds) {
      at = find(text, at);
      if (at < 0) {
        return false;
      }
    }
    return at + last.length <= text.length;
  };
}

/** A function that finds the piece at or behind a place and returns where it ends, or -1. */
function finderOf(piece: string): (text: string, start: number) => number {
  if (piece.length <= PLAIN_SEARCH_LENGTH_MAX) {
    return (text, start) => {
      const place = text.indexOf(piece, start);
      return place < 0 ? -1 : place + piece.length;
    };
  }
  const borders = bordersOf(piece);
  return (text, start) => {
    let matched = 0;
    for (let at = start; at < text.length; at++) {
      matched = extended(piece, borders, matched, text.charCodeAt(at));
      if (matched === piece.length) {
        return at + 1;
      }
    }
    return -1;
  };
}

/**
 * The table of Knuth, Morris and Pratt: for each length, how much of the piece's beginning is also the end of
 * that much of it, so that a search never goes back in the text.
 */
function bordersOf(piece: string): Int32Array {
  const borders = new Int32Array(piece.length + 1);
  let matched = 0;
  for (let at = 1; at < piece.length; at++) {
    matched = extended(piece, borders, matched, piece.charCodeAt(at));
    borders[at + 1] = matched;
  }
  return borders;
}

/** How much of the piece is matched after one more character. */
function extended(piece: string, borders: Int32Array, before: number, code: number): number {
  let matched = before;
  while (matched > 0 && piece.charCodeAt(matched) !== code) {
    matched = borders[matched] ?? 0;
  }
  return piece.charCodeAt(matched) === code ? matched + 1 : 0;
}

function hasForm(text: string, form: string, budget: Budget): boolean {
  let at = 0;
  let formAt = 0;
  // Where to go on when the rest does not fit: behind the last "%", with one more character given to it.
  let restartAt = -1;
  let restartFormAt = -1;
  while (at < text.length) {
    if (!spend(budget, 1)) {
      return false;
    }
    const wanted = form.charCodeAt(formAt);
    if (wanted === PERCENT) {
      restartAt = at;
      restartFormAt = formAt + 1;
      formAt++;
    } else if (wanted === UNDERSCORE) {
      at += characterLength(text, at);
      formAt++;
    } else if (wanted === text.charCodeAt(at)) {
      at++;
      formAt++;
    } else if (restartAt >= 0) {
      restartAt += characterLength(text, restartAt);
      at = restartAt;
      formAt = restartFormAt;
    } else {
      return false;
    }
  }
  while (form.charCodeAt(formAt) === PERCENT) {
    formAt++;
  }
  return formAt === form.length;
}

/** UTF-16 units of the character that begins here. */
function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
