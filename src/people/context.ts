/** What the parts of this room share: how secrets are hashed, documents are named, and changes are noted. */
import { createHmac } from "node:crypto";
import type { AuditNote, DocumentKey, DocumentStore, JsonValue } from "../store/index.ts";
import type { Clock, Directory, Principal } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import type { Person } from "./person.ts";

/** What people are made of. */
export interface PeopleParts {
  readonly documents: DocumentStore;
  readonly directory: Directory;
  /** 32 bytes of the master key's; hashes in the store are useless without it. */
  readonly hashKey: Uint8Array;
  readonly clock: Clock;
  /** How long a session lasts. */
  readonly sessionHours: number;
}

/** Who does something, for the audit log. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

/** Random bytes of a code, a session or a key: nobody guesses 256 bits. */
export const TOKEN_BYTES = 32;

const NAME_LENGTH_MAX = 256;
const PAGE_ITEMS = 1_000;

/** Kinds of documents that are named after the hash of a secret. */
export type SecretKind = "sign-in-code" | "web-session" | "api-key";

/** Where the document of a secret stands. */
export function placeOfSecret(parts: PeopleParts, kind: SecretKind, secret: string): DocumentKey {
  return placeOf(kind, hashSecret(parts, kind, secret));
}

/** Keyed hash, in hexadecimal; the purpose keeps equal texts apart. */
export function hashSecret(parts: PeopleParts, purpose: string, secret: string): string {
  return createHmac("sha256", parts.hashKey).update(`${purpose}:${secret}`, "utf8").digest("hex");
}

/** Where a document that belongs to the whole server stands. */
export function placeOf(kind: string, name: string): DocumentKey {
  return { workspaceId: "", kind, name };
}

/** Every document of a kind. */
export async function readAll(
  { documents }: PeopleParts,
  kind: string,
): Promise<readonly { readonly name: string; readonly content: JsonValue }[]> {
  const found: { readonly name: string; readonly content: JsonValue }[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await documents.list({
      workspaceId: "",
      kind,
      limit: PAGE_ITEMS,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items);
    cursor = page.next;
  }
  return found;
}

/** A change as the audit log keeps it. */
export interface Noted {
  readonly action: string;
  readonly target: string;
  readonly before?: object;
  readonly after?: object;
}

/** A note of a change that belongs to no workspace. */
export function noteOf(actor: Actor, { action, target, before, after }: Noted): AuditNote {
  return {
    workspaceId: "",
    actor: actor.id,
    actorName: actor.name,
    action,
    target,
    before: before === undefined ? null : asJson(before),
    after: after === undefined ? null : asJson(after),
    requestId: null,
  };
}

/** A plain record as a document's content. */
export function asJson(value: object): JsonValue {
  return value as unknown as JsonValue;
}

/** A person as an actor. */
export function actorOf(person: Person): Actor {
  return { id: person.personId, name: person.displayName };
}

/** A person as a caller of use cases. */
export function principalOf(person: Person): Principal {
  return {
    tenantId: person.tenantId,
    objectId: person.personId,
    appId: person.personId,
    kind: "person",
    tokenVersion: "2.0",
    issuer: "builtin",
  };
}

/** The person who presents a secret. @throws AppError `unauthorized` when removed or disabled */
export async function requireEnabled(parts: PeopleParts, personId: string): Promise<Person> {
  const found = await parts.documents.get(placeOf("person", personId));
  const person = found?.content as unknown as Person | undefined;
  if (person?.enabled !== true) {
    throw unauthorized("The person was disabled or removed.");
  }
  return person;
}

/** The person that somebody names. @throws AppError `not_found` */
export async function requirePerson(parts: PeopleParts, personId: string): Promise<Person> {
  const found = await parts.documents.get(placeOf("person", personId.toLowerCase()));
  if (found === undefined) {
    throw new AppError("not_found", `There is no person ${personId}.`, { field: "personId" });
  }
  return found.content as unknown as Person;
}

export function unauthorized(message: string): AppError {
  return new AppError("unauthorized", message);
}

/** @throws AppError `invalid_request` */
export function requireName(field: string, value: string): string {
  const text = value.trim();
  if (text === "" || text.length > NAME_LENGTH_MAX || /\p{Cc}/u.test(text)) {
    throw new AppError(
      "invalid_request",
      `${field} must have 1 to ${NAME_LENGTH_MAX} characters, none of them a control character.`,
      { field },
    );
  }
  return text;
}

/** @throws AppError `invalid_request` */
export function requireWhole(field: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new AppError("invalid_request", `${field} must be a whole number from 1 to ${max}.`, {
      field,
    });
  }
}
