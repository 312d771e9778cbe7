/** What the Graph page shows, as it stands in its address. Lists have commas between their encoded members. */

/** The part of the address that is the page's. */
export interface GraphState {
  /** The object that the picture begins with. */
  readonly of?: string;
  /** Steps, 1 to 3. */
  readonly depth?: string;
  /** Further objects whose neighbours are shown. */
  readonly expanded?: string;
  /** Objects that are drawn without what hangs on them alone. */
  readonly collapsed?: string;
  /** Types that are not shown. */
  readonly hide?: string;
  /** Relations that are not shown. */
  readonly without?: string;
  /** Objects that are not shown. */
  readonly away?: string;
  /** Groups whose members are drawn. */
  readonly groups?: string;
  /** Groups that the server was asked for more of, each as pages, a star and its key. */
  readonly pages?: string;
  /** `all` shows authors and markings of every object. */
  readonly references?: string;
  readonly layout?: string;
  /** `table` in place of the picture. */
  readonly view?: string;
  /** `relations` lists these in place of objects. */
  readonly list?: string;
  /** Words that are looked for. */
  readonly find?: string;
  /** What is chosen: an object, a group or a relation. */
  readonly at?: string;
  /** What is selected together. */
  readonly pick?: string;
  /** Ends of a path. */
  readonly from?: string;
  readonly to?: string;
  /** The object whose details are open. */
  readonly open?: string;
}

/** A change of the address. */
export type Change = Partial<Record<keyof GraphState, string | undefined>>;

/** Neighbourhoods in one picture: each is a request. */
export const EXPANDED_MAX = 20;
const DEPTH_MAX = 3;
/** Pages of one group; more objects than they have would not be drawn. */
const PAGES_MAX = 8;
/** FNV-1a of 32 bits: among some hundred ids hardly two have the same. */
const HASH = { start: 0x811c9dc5, prime: 0x01000193 } as const;

/** Steps that an address asks for. */
export function depthOf({ depth }: GraphState): number {
  return Math.max(1, Math.min(DEPTH_MAX, Math.trunc(Number(depth ?? 1)) || 1));
}

/** The members of a list. */
export function listOf(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : String(text).split(",").map(decode);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A list as text; undefined, which takes it out of the address, when it is empty. */
export function joined(list: Iterable<string>): string | undefined {
  const text = [...new Set(list)].map(encodeURIComponent).join(",");
  return text === "" ? undefined : text;
}

/** The list with a member added, or taken out where it was in. */
export function toggled(text: string | undefined, member: string): string | undefined {
  const list = listOf(text);
  return joined(list.includes(member) ? list.filter((each) => each !== member) : [...list, member]);
}

/** A few letters that stand for an id in lists that may be long. */
export function shortId(id: string): string {
  let hash: number = HASH.start;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), HASH.prime) >>> 0;
  }
  return hash.toString(36);
}

/** Groups by their keys, with how many pages of each are asked for. */
export function pagesOf({ pages }: GraphState): ReadonlyMap<string, number> {
  return new Map(
    listOf(pages).flatMap((each) => {
      const [count = "", key] = each.split(/\*(.*)/s);
      const wanted = Math.max(1, Math.min(PAGES_MAX, Math.trunc(Number(count)) || 1));
      return key === undefined || key === "" ? [] : [[key, wanted] as const];
    }),
  );
}

/** The address that asks for one more page of a group. */
export function withPage(state: GraphState, key: string): string | undefined {
  const pages = pagesOf(state);
  const next = new Map([...pages, [key, Math.min(PAGES_MAX, (pages.get(key) ?? 0) + 1)]]);
  return joined([...next].map(([each, count]) => `${count}*${each}`));
}

/** Whether one more page of a group can be asked for. */
export function hasMorePages(state: GraphState, key: string): boolean {
  return (pagesOf(state).get(key) ?? 0) < PAGES_MAX;
}
