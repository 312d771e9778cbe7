/**
 * Reads comma-separated values (RFC 4180) from a stream of text, row by row, whatever the line ends are. A quote inside
 * an unquoted field is a character like any other, as spreadsheets write it.
 */

/** A row with the number of the line it begins on. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * The rows of a text that comes in pieces. @throws Error when a quoted field is not closed
 * @param separator one character; some spreadsheets write a semicolon or a tab
 */
export async function* csvRows(
  chunks: AsyncIterable<string>,
  separator: string = ",",
): AsyncGenerator<CsvRow> {
  const state = {
    separator,
    fields: [] as string[],
    field: "",
    quoted: false,
    closing: false,
    line: 1,
    start: 1,
  };
  for await (const chunk of chunks) {
    for (const character of chunk) {
      const row = step(state, character);
      if (row !== undefined) {
        yield row;
      }
    }
  }
  if (state.quoted && !state.closing) {
    throw new Error(`The field that begins on line ${state.start} is quoted and never closed.`);
  }
  if (state.field !== "" || state.fields.length > 0) {
    yield finish(state);
  }
}

interface State {
  readonly separator: string;
  fields: string[];
  field: string;
  /** Inside a quoted field, or behind its closing quote. */
  quoted: boolean;
  /** The last character was a quote inside a quoted field: its end, or half of a doubled one. */
  closing: boolean;
  line: number;
  start: number;
}

function step(state: State, character: string): CsvRow | undefined {
  if (character === "\n") {
    state.line += 1;
  }
  if (state.quoted && inQuotes(state, character)) {
    return undefined;
  }
  if (character === "\n") {
    return endLine(state);
  }
  if (character === state.separator) {
    endField(state);
  } else if (character === '"' && state.field === "" && !state.quoted) {
    state.quoted = true;
  } else if (character !== "\r") {
    state.field += character;
  }
  return undefined;
}

/** Takes a character of a quoted field; false behind its closing quote. */
function inQuotes(state: State, character: string): boolean {
  const isQuote = character === '"';
  if (state.closing && !isQuote) {
    return false;
  }
  if (isQuote && !state.closing) {
    state.closing = true;
    return true;
  }
  state.field += character;
  state.closing = false;
  return true;
}

/** A line without anything is no row. */
function endLine(state: State): CsvRow | undefined {
  if (state.fields.length === 0 && state.field === "" && !state.quoted) {
    state.start = state.line;
    return undefined;
  }
  return finish(state);
}

function endField(state: State): void {
  state.fields.push(state.field);
  state.field = "";
  state.quoted = false;
  state.closing = false;
}

function finish(state: State): CsvRow {
  endField(state);
  const row = { line: state.start, fields: state.fields };
  state.fields = [];
  state.start = state.line;
  return row;
}
