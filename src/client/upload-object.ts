/** One object on its way to the service: its JSON text as it came, and what is told of it to people. */
import { ClientError, type InputPosition } from "./client-error.ts";

/** An object to upload. The text is sent as it is: no number is rounded, no key is moved. */
export interface UploadObject {
  /** JSON text of one value. */
  readonly text: string;
  /** `id` and `type`, as far as the object has them. */
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly position?: InputPosition | undefined;
  /** The `sourcesystem` of the upload body that it came in; wins over the source of the upload. */
  readonly source?: string | undefined;
}

/** Wraps values that are in memory already, such as the `objects` of a bundle. */
export function* uploadObjectsOf(values: Iterable<unknown>): Generator<UploadObject> {
  let index = 0;
  for (const value of values) {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) {
      throw new ClientError("input_invalid", `Value ${index} has no form in JSON.`);
    }
    yield uploadObjectOf(value, text);
    index += 1;
  }
}

/** Describes a parsed value whose text is known. */
export function uploadObjectOf(
  value: unknown,
  text: string,
  origin: Pick<UploadObject, "position" | "source"> = {},
): UploadObject {
  return { text, id: textOf(value, "id"), type: textOf(value, "type"), ...origin };
}

function textOf(value: unknown, key: "id" | "type"): string | undefined {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const member = (value as Readonly<Record<string, unknown>>)[key];
  return typeof member === "string" ? member : undefined;
}
