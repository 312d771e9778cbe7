/**
 * People: who may sign in to the web page and hold keys for scripts. What a person may do is said by role assignments,
 * as for applications.
 */
import { randomUUID } from "node:crypto";
import { AppError } from "../wire/index.ts";
import {
  type Actor,
  asJson,
  noteOf,
  type PeopleParts,
  placeOf,
  readAll,
  requireName,
  requirePerson,
} from "./context.ts";

/** Somebody who may sign in. */
export interface Person {
  /** GUID: what roles are assigned to. */
  readonly personId: string;
  readonly tenantId: string;
  readonly displayName: string;
  readonly email: string | null;
  /** Where the person signs in and as whom; null for links only. */
  readonly provider: { readonly issuer: string; readonly subject: string } | null;
  readonly enabled: boolean;
  readonly createdAt: string;
}

/** A person to add. */
export interface NewPerson {
  readonly tenantId: string;
  readonly displayName: string;
  readonly email?: string;
  readonly provider?: { readonly issuer: string; readonly subject: string };
}

/** They are listed as a whole when somebody signs in by a provider. */
const PEOPLE_MAX = 10_000;

/** Everybody. */
export async function listPeople(parts: PeopleParts): Promise<readonly Person[]> {
  return (await readAll(parts, "person")).map(({ content }) => content as unknown as Person);
}

/** Who signs in at this provider as this subject. */
export async function findByProvider(
  parts: PeopleParts,
  issuer: string,
  subject: string,
): Promise<Person | undefined> {
  return (await listPeople(parts)).find(
    ({ provider }) => provider?.issuer === issuer && provider.subject === subject,
  );
}

/** @throws AppError `invalid_request`, `not_found` for the tenant, `conflict` */
export async function addPerson(
  parts: PeopleParts,
  input: NewPerson,
  actor: Actor,
): Promise<Person> {
  const tenant = (await parts.directory.view()).findTenant(input.tenantId);
  if (tenant === undefined) {
    throw new AppError("not_found", `There is no tenant ${input.tenantId}.`, { field: "tenantId" });
  }
  const people = await listPeople(parts);
  if (people.length >= PEOPLE_MAX) {
    throw new AppError("conflict", `There are ${PEOPLE_MAX} people already.`);
  }
  const { provider = null } = input;
  if (
    provider !== null &&
    (await findByProvider(parts, provider.issuer, provider.subject)) !== undefined
  ) {
    throw new AppError("conflict", "Somebody with this identity exists already.");
  }
  const person: Person = {
    personId: randomUUID(),
    tenantId: tenant.tenantId,
    displayName: requireName("displayName", input.displayName),
    email: input.email === undefined ? null : requireName("email", input.email),
    provider,
    enabled: true,
    createdAt: parts.clock().toISOString(),
  };
  await parts.documents.commit(
    [{ kind: "put", key: placeOf("person", person.personId), content: asJson(person) }],
    [noteOf(actor, { action: "person.add", target: person.personId, after: person })],
  );
  return person;
}

/** @throws AppError `not_found` */
export async function setPersonEnabled(
  parts: PeopleParts,
  { personId, enabled }: { readonly personId: string; readonly enabled: boolean },
  actor: Actor,
): Promise<Person> {
  const before = await requirePerson(parts, personId);
  const person: Person = { ...before, enabled };
  const action = enabled ? "person.enable" : "person.disable";
  await parts.documents.commit(
    [{ kind: "put", key: placeOf("person", person.personId), content: asJson(person) }],
    [noteOf(actor, { action, target: person.personId, before, after: person })],
  );
  return person;
}
