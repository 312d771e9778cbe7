/** What the Query page shows, as it stands in its address; a long query is packed. */

/** The part of the address that is the page's. */
export interface QueryState {
  /** The text. */
  readonly q?: string;
  /** The text, packed: deflate, then base64url. */
  readonly z?: string;
  /** ISO 8601 time range, empty for what the query says itself. */
  readonly span?: string;
  /** Words that rows have to have. */
  readonly find?: string;
  readonly sort?: string;
  readonly direction?: string;
  /** `table` hides the chart. */
  readonly show?: string;
  /** Columns that are not shown, with commas between their encoded names. */
  readonly hide?: string;
  /** The pane beside the rows: `value`, `row`, `column`. */
  readonly pane?: string;
  /** The list beside the editor: `tables`, `shipped`, `saved`, `history`. */
  readonly list?: string;
}

/** Longer texts are packed. */
const PLAIN_LENGTH_MAX = 1_500;
/** A longer address is cut off by servers and mail programs. */
const PACKED_LENGTH_MAX = 8_000;
/** An unpacked text has the server's own limit. */
const TEXT_LENGTH_MAX = 200_000;

/** The address of a text; `tooLong` when there is none. */
export async function packText(text: string): Promise<{
  readonly q: string | undefined;
  readonly z: string | undefined;
  readonly tooLong: boolean;
}> {
  if (text.length <= PLAIN_LENGTH_MAX) {
    return { q: text === "" ? undefined : text, z: undefined, tooLong: false };
  }
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const z = base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return z.length > PACKED_LENGTH_MAX
    ? { q: undefined, z: undefined, tooLong: true }
    : { q: undefined, z, tooLong: false };
}

/** The text of an address; undefined when it has none, or one that cannot be read. */
export async function unpackText({ q, z }: QueryState): Promise<string | undefined> {
  if (q !== undefined) {
    return String(q);
  }
  if (z === undefined) {
    return undefined;
  }
  try {
    const base64 = String(z).replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return (await new Response(stream).text()).slice(0, TEXT_LENGTH_MAX);
  } catch {
    return undefined;
  }
}
