/** Cryptographic digests of texts, in small hexadecimal digits. Digests of other types depend on how they are stored. */

import { argument, invoke, refused } from "./build.ts";
import { text } from "./functions-string.ts";
import { type CallSite, type Emitter, KqlRefusal } from "./sql-expr.ts";

export const HASH_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  hash_md5: digest("md5"),
  hash_sha1: digest("sha1"),
  hash_sha256: digest("sha256"),
  hash: refused("its values are those of xxHash64"),
  hash_xxhash64: refused("xxHash64 is not computed"),
  hash_combine: refused("xxHash64 is not computed"),
  hash_many: refused("xxHash64 is not computed"),
});

function digest(name: string): Emitter {
  return (site: CallSite) => {
    const piece = argument(site, 0);
    if (piece.type !== "string") {
      throw new KqlRefusal(
        "KQL_UNSUPPORTED",
        `${site.name}() of ${piece.type} is not supported; make a text of it`,
        site.span,
      );
    }
    return text(invoke(name, piece.sql));
  };
}
