/** How an object is named outside: `base64(source)---stixid`, as Sentinel's tables and management plane name it. */
import type { ObjectKey } from "../store/index.ts";
import { AppError } from "../wire/index.ts";

const SEPARATOR = "---";

/** The name of an object in its workspace. */
export function objectIdOf({ sourceSystem, stixId }: Omit<ObjectKey, "workspaceId">): string {
  return `${Buffer.from(sourceSystem, "utf8").toString("base64")}${SEPARATOR}${stixId}`;
}

/**
 * Reads a name; the base64 may be of the kind for URLs and lack its padding.
 * @throws AppError `not_found`: nothing can have such a name
 */
export function objectKeyOf(workspaceId: string, id: string): ObjectKey {
  const at = id.indexOf(SEPARATOR);
  const source = at < 0 ? "" : id.slice(0, at);
  const stixId = at < 0 ? "" : id.slice(at + SEPARATOR.length);
  const sourceSystem = Buffer.from(source, "base64").toString("utf8");
  const plain = (text: string): string =>
    text.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  const readable =
    stixId !== "" &&
    sourceSystem !== "" &&
    plain(Buffer.from(sourceSystem, "utf8").toString("base64")) === plain(source);
  if (!readable) {
    throw new AppError("not_found", `There is no object '${id}'.`, { field: "id" });
  }
  return { workspaceId, sourceSystem, stixId };
}
