/** Keys for scripts: a person's own, with the person's roles, shown once and kept as a keyed hash. */
import { randomBytes, randomUUID } from "node:crypto";
import type { Principal } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import {
  actorOf,
  asJson,
  noteOf,
  type PeopleParts,
  placeOf,
  placeOfSecret,
  principalOf,
  readAll,
  requireEnabled,
  requireName,
  requirePerson,
  requireWhole,
  TOKEN_BYTES,
  unauthorized,
} from "./context.ts";
import type { Person } from "./person.ts";

/** A key, as it may be shown. */
export interface ApiKeyFacts {
  readonly keyId: string;
  readonly personId: string;
  readonly displayName: string;
  /** The first characters, so that people can tell keys apart. */
  readonly hint: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** A new key, with the text that is shown this once. */
export interface IssuedApiKey extends ApiKeyFacts {
  readonly key: string;
}

/** What every key starts with, so that people and scanners for leaked secrets recognise it. */
export const API_KEY_PREFIX: string = "stixgate_";

/** Longest life of a key: longer is a mistake in the unit. */
const API_KEY_DAYS_MAX = 3_650;

/** A person with more keys has lost track of them. */
const API_KEYS_PER_PERSON_MAX = 20;

const HINT_LENGTH = 4;
const MS_PER_DAY = 86_400_000;

/** @throws AppError `invalid_request`, `not_found`, `conflict` when there are too many */
export async function addApiKey(
  parts: PeopleParts,
  personId: string,
  { displayName, days }: { readonly displayName: string; readonly days: number },
): Promise<IssuedApiKey> {
  requireWhole("days", days, API_KEY_DAYS_MAX);
  const person = await requirePerson(parts, personId);
  if ((await listApiKeys(parts, person.personId)).length >= API_KEYS_PER_PERSON_MAX) {
    throw new AppError(
      "conflict",
      `There are ${API_KEYS_PER_PERSON_MAX} keys already: remove one.`,
    );
  }
  const text = randomBytes(TOKEN_BYTES).toString("base64url");
  const key = `${API_KEY_PREFIX}${text}`;
  const facts: ApiKeyFacts = {
    keyId: randomUUID(),
    personId: person.personId,
    displayName: requireName("displayName", displayName),
    hint: text.slice(0, HINT_LENGTH),
    createdAt: parts.clock().toISOString(),
    expiresAt: new Date(parts.clock().getTime() + days * MS_PER_DAY).toISOString(),
  };
  await parts.documents.commit(
    [{ kind: "put", key: placeOfSecret(parts, "api-key", key), content: asJson(facts) }],
    [noteOf(actorOf(person), { action: "api-key.add", target: facts.keyId, after: facts })],
  );
  return { ...facts, key };
}

/** A person's keys. */
export async function listApiKeys(
  parts: PeopleParts,
  personId: string,
): Promise<readonly ApiKeyFacts[]> {
  return (await keysOf(parts, personId)).map(({ facts }) => facts);
}

/** The key stops working at once. @throws AppError `not_found` */
export async function removeApiKey(
  parts: PeopleParts,
  personId: string,
  keyId: string,
): Promise<void> {
  const person = await requirePerson(parts, personId);
  const found = (await keysOf(parts, person.personId)).find(({ facts }) => facts.keyId === keyId);
  if (found === undefined) {
    throw new AppError("not_found", `There is no key ${keyId}.`, { field: "keyId" });
  }
  await parts.documents.commit(
    [{ kind: "remove", key: placeOf("api-key", found.hash) }],
    [noteOf(actorOf(person), { action: "api-key.remove", target: keyId, before: found.facts })],
  );
}

/** Who presents a key. @throws AppError `unauthorized` */
export async function verifyApiKey(
  parts: PeopleParts,
  key: string,
): Promise<{ readonly person: Person; readonly principal: Principal }> {
  const found = await parts.documents.get(placeOfSecret(parts, "api-key", key));
  const facts = found?.content as unknown as ApiKeyFacts | undefined;
  if (facts === undefined || facts.expiresAt <= parts.clock().toISOString()) {
    throw unauthorized("The key is unknown, was removed, or has expired.");
  }
  const person = await requireEnabled(parts, facts.personId);
  return { person, principal: principalOf(person) };
}

async function keysOf(
  parts: PeopleParts,
  personId: string,
): Promise<readonly { readonly hash: string; readonly facts: ApiKeyFacts }[]> {
  const wanted = personId.toLowerCase();
  return (await readAll(parts, "api-key"))
    .map(({ name, content }) => ({ hash: name, facts: content as unknown as ApiKeyFacts }))
    .filter(({ facts }) => facts.personId === wanted);
}
