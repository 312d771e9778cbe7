/**
 * What a search looks at in an object beside its columns: the text that its words are taken from, and the
 * objects that it refers to. Computed from the stored text, so that what is searched can be changed without
 * uploading anything again.
 */

/** A reference from a property of an object to another object. */
export interface ObjectReference {
  /** Top-level property, such as `target_ref` or `object_refs`. */
  readonly property: string;
  readonly stixId: string;
}

/** Texts of one object that are searched, in UTF-16 units: a report's text is rarely half as long, and the
 * words of a longer one would cost more room than the object itself. */
const TEXT_LENGTH_MAX = 8_192;

/** References of one object that are kept: more than any report here has listed, few enough for one row. */
const REFERENCES_MAX = 2_000;

/** Properties whose text is searched, in the order of their weight. */
const TEXT_PROPERTIES = ["name", "value", "pattern", "path", "subject", "display_name", "url"];
const LIST_PROPERTIES = ["aliases", "labels"];

/** `some_ref` and `some_refs`; a type of their own design may add such properties, too. */
function isReference(property: string): boolean {
  return property.endsWith("_ref") || property.endsWith("_refs");
}

/** An id is a type, two hyphens and something more. */
const STIX_ID = /^[a-z0-9-]+--./;

/** The searched text of an object: its searched texts, one a line. */
export function searchTextOf(object: unknown): string {
  return searchTextsOf(object).join("\n");
}

/**
 * The searched texts of an object: name, value, pattern, aliases, labels, ids of external references, hashes,
 * description, as far as they have 8,192 characters with one between two. None for anything but an object.
 */
export function searchTextsOf(object: unknown): readonly string[] {
  if (!isRecord(object)) {
    return [];
  }
  const texts: string[] = [];
  let left = TEXT_LENGTH_MAX;
  const add = (value: unknown): void => {
    if (isText(value) && left > 0) {
      texts.push(value.length > left ? value.slice(0, left) : value);
      left -= value.length + 1;
    }
  };
  for (const name of TEXT_PROPERTIES) {
    add(object[name]);
  }
  for (const name of LIST_PROPERTIES) {
    listOf(object[name]).forEach(add);
  }
  for (const reference of listOf(object["external_references"])) {
    add(isRecord(reference) ? reference["external_id"] : undefined);
  }
  if (isRecord(object["hashes"])) {
    Object.values(object["hashes"]).forEach(add);
  }
  add(object["description"]);
  return texts;
}

/** The references of an object in reading order, each property and id once. */
export function referencesOf(object: unknown): readonly ObjectReference[] {
  if (!isRecord(object)) {
    return [];
  }
  const references = new Map<string, ObjectReference>();
  for (const property of Object.keys(object)) {
    if (!isReference(property)) {
      continue;
    }
    const value = object[property];
    for (const stixId of Array.isArray(value) ? value : [value]) {
      if (isText(stixId) && STIX_ID.test(stixId) && references.size < REFERENCES_MAX) {
        references.set(`${property} ${stixId}`, { property, stixId });
      }
    }
  }
  return [...references.values()];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
