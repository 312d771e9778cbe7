/** Checks of single fields of an operator's request; each refusal names the field and the reason. */
import { AppError, isGuid } from "../wire/index.ts";

/** Longest display name: what Microsoft Entra allows. */
const DISPLAY_NAME_LENGTH_MAX = 256;

const CONTROL_CHARACTER = /\p{Cc}/u;

/** A refusal of one field. */
export function invalidField(field: string, reason: string): AppError {
  return new AppError("invalid_request", `${field}: ${reason}`, { field });
}

/** The GUID in lower case. @throws AppError `invalid_request` */
export function requireGuid(field: string, value: string): string {
  if (!isGuid(value)) {
    throw invalidField(
      field,
      `"${value}" is not a GUID such as 00001111-aaaa-2222-bbbb-3333cccc4444.`,
    );
  }
  return value.toLowerCase();
}

/** The name without surrounding spaces. @throws AppError `invalid_request` */
export function requireDisplayName(field: string, value: string): string {
  const name = value.trim();
  if (name === "") {
    throw invalidField(field, "It must not be empty.");
  }
  if (name.length > DISPLAY_NAME_LENGTH_MAX) {
    throw invalidField(field, `It must have at most ${DISPLAY_NAME_LENGTH_MAX} characters.`);
  }
  if (CONTROL_CHARACTER.test(name)) {
    throw invalidField(field, "It must not contain control characters.");
  }
  return name;
}

/** The text, when it has the form. @throws AppError `invalid_request` with the rule in words */
export function requireForm(field: string, value: string, form: RegExp, rule: string): string {
  if (!form.test(value)) {
    throw invalidField(field, `"${value}" is not allowed. ${rule}`);
  }
  return value;
}

/** Refuses one more of something. @throws AppError `invalid_request` */
export function requireRoom(count: number, max: number, things: string): void {
  if (count >= max) {
    throw new AppError(
      "invalid_request",
      `There are ${count} ${things} already; ${max} is the limit.`,
    );
  }
}
