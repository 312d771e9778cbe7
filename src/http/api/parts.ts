/** Pieces that many routes share: pages, texts with bounds. */
import Type, {
  type TInteger,
  type TObject,
  type TOptional,
  type TSchema,
  type TString,
} from "typebox";
import type { Page } from "../../store/index.ts";
import type { ApiCall, ReplyDescription } from "./route.ts";

/** Most items of a page. */
const PAGE_ITEMS_MAX = 1_000;

/** Longest text of a field of ours; what is longer is no name. */
const TEXT_LENGTH_MAX = 1_024;

const CURSOR_LENGTH_MAX = 4_096;

/** A short text. */
export function Text(description: string): TString {
  return Type.String({ minLength: 1, maxLength: TEXT_LENGTH_MAX, description });
}

/** An instant as RFC 3339 has it. */
export function Instant(description: string): TString {
  return Type.String({ format: "date-time", maxLength: 40, description });
}

/** How a page is asked for. */
export const PAGE_QUERY: {
  readonly limit: TOptional<TInteger>;
  readonly cursor: TOptional<TString>;
} = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX, description: "Items of a page; 50." }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: CURSOR_LENGTH_MAX, description: "From `nextLink`." }),
  ),
};

/** The description of a page's reply. */
export function pageReply(description: string, item: TSchema): ReplyDescription {
  const schema: TObject = Type.Object({
    value: Type.Array(item),
    nextLink: Type.Union([Type.String(), Type.Null()], {
      description: "Address of the next page; null on the last.",
    }),
  });
  return { description, schema };
}

/** A page as it is sent. */
export function pageOf<T>(
  call: Pick<ApiCall, "origin" | "url">,
  page: Page<T>,
): { readonly value: readonly T[]; readonly nextLink: string | null } {
  return { value: page.items, nextLink: page.next === null ? null : linkWith(call, page.next) };
}

function linkWith({ origin, url }: Pick<ApiCall, "origin" | "url">, cursor: string): string {
  const next = new URL(url, origin);
  next.searchParams.set("cursor", cursor);
  return next.href;
}
