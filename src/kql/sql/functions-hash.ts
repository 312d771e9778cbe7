/**
 * Digests: cryptographic ones of texts in small hexadecimal digits, and xxHash64 of texts, whole numbers and instants.
 * Digests of other types depend on how the service stores them.
 */

import { argument, invoke, refused, strict, unsupported } from "./build.ts";
import { conversion } from "./convert.ts";
import { text } from "./functions-string.ts";
import { once } from "./once.ts";
import type { CallSite, Emitter, SqlExpr } from "./sql-expr.ts";

export const HASH_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  hash_md5: digest("md5"),
  hash_sha1: digest("sha1"),
  hash_sha256: digest("sha256"),
  hash: xxHash,
  hash_xxhash64: xxHash,
  hash_combine: refused("how numbers are combined is not published"),
  hash_many: refused("how numbers are combined is not published"),
});

function digest(name: string): Emitter {
  return (site: CallSite) => {
    const piece = argument(site, 0);
    if (piece.type !== "string") {
      throw unsupported(`${site.name}() of ${piece.type}`, site.span);
    }
    return text(invoke(name, piece.sql));
  };
}

/** The bytes of a text in UTF-8, or of a number of 64 bits from the lowest. */
function xxHash(site: CallSite): SqlExpr {
  if (site.args.length > 1) {
    throw unsupported(`${site.name}() with a modulus`, site.span);
  }
  const piece = argument(site, 0);
  if (piece.type === "string") {
    return strict(
      once([piece], (s) => `kql_xxhash64(hex(encode(${s})))`),
      "long",
      [piece],
    );
  }
  if (piece.type !== "long" && piece.type !== "datetime") {
    throw unsupported(`${site.name}() of ${piece.type}`, site.span);
  }
  const ticks = conversion(piece, "long", site.span);
  const sql = once([ticks], (x) => `kql_xxhash64(kql_long_bytes(${x}))`);
  return strict(sql, "long", [piece]);
}
