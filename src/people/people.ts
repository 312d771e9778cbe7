/** People as one object: the parts of this room put together on one store. */
import {
  type ApiKeyFacts,
  addApiKey,
  type IssuedApiKey,
  listApiKeys,
  removeApiKey,
  verifyApiKey,
} from "./api-keys.ts";
import { type Actor, type PeopleParts, placeOf, readAll, type SecretKind } from "./context.ts";
import {
  addPerson,
  findByProvider,
  listPeople,
  type NewPerson,
  type Person,
  setPersonEnabled,
} from "./person.ts";
import {
  issueSignInCode,
  type Session,
  type StartedSession,
  signInByCode,
  signOut,
  startSession,
  verifySession,
} from "./sessions.ts";
import { openSessions, signOutEverywhere } from "./sign-out.ts";

/** People, their sessions and keys. */
export interface People {
  list(): Promise<readonly Person[]>;
  find(personId: string): Promise<Person | undefined>;
  findByProvider(issuer: string, subject: string): Promise<Person | undefined>;
  /** @throws AppError `invalid_request` naming the field, `not_found`, `conflict` for a known identity */
  add(input: NewPerson, actor: Actor): Promise<Person>;
  /** A disabled person is signed out at once, and no key works. @throws AppError `not_found` */
  setEnabled(
    change: { readonly personId: string; readonly enabled: boolean },
    actor: Actor,
  ): Promise<Person>;
  /** Makes the code of a link, which works once, for 1 to 1,440 minutes. @throws AppError `not_found` */
  issueSignInCode(personId: string, minutes: number): Promise<string>;
  /** @throws AppError `unauthorized` */
  signInByCode(code: string): Promise<StartedSession>;
  /** Starts a session of somebody who has proved who they are elsewhere. @throws AppError `unauthorized` */
  startSession(person: Person): Promise<StartedSession>;
  /** @throws AppError `unauthorized` */
  verifySession(token: string): Promise<Session>;
  signOut(token: string): Promise<void>;
  /** Ends every session of a person and the links not used yet; gives the number of sessions. @throws AppError `not_found` */
  signOutEverywhere(personId: string, actor: Actor): Promise<number>;
  /** How many sessions are open, by person; whoever has none is missing. */
  openSessions(): Promise<ReadonlyMap<string, number>>;
  /** @throws AppError `invalid_request`, `not_found`, `conflict` */
  addApiKey(
    personId: string,
    options: { readonly displayName: string; readonly days: number },
  ): Promise<IssuedApiKey>;
  apiKeys(personId: string): Promise<readonly ApiKeyFacts[]>;
  /** @throws AppError `not_found` */
  removeApiKey(personId: string, keyId: string): Promise<void>;
  /** @throws AppError `unauthorized` */
  verifyApiKey(key: string): ReturnType<typeof verifyApiKey>;
  /** Removes what has expired; gives the number. */
  forgetExpired(): Promise<number>;
}

/** Makes the people of a store. */
export function createPeople(parts: PeopleParts): People {
  return {
    list: () => listPeople(parts),
    find: async (personId) =>
      (await parts.documents.get(placeOf("person", personId.toLowerCase())))?.content as unknown as
        | Person
        | undefined,
    findByProvider: (issuer, subject) => findByProvider(parts, issuer, subject),
    add: (input, actor) => addPerson(parts, input, actor),
    setEnabled: (change, actor) => setPersonEnabled(parts, change, actor),
    issueSignInCode: (personId, minutes) => issueSignInCode(parts, personId, minutes),
    signInByCode: (code) => signInByCode(parts, code),
    startSession: (person) => startSession(parts, person),
    verifySession: (token) => verifySession(parts, token),
    signOut: (token) => signOut(parts, token),
    signOutEverywhere: (personId, actor) => signOutEverywhere(parts, personId, actor),
    openSessions: () => openSessions(parts),
    addApiKey: (personId, options) => addApiKey(parts, personId, options),
    apiKeys: (personId) => listApiKeys(parts, personId),
    removeApiKey: (personId, keyId) => removeApiKey(parts, personId, keyId),
    verifyApiKey: (key) => verifyApiKey(parts, key),
    forgetExpired: () => forgetExpired(parts),
  };
}

const EXPIRING: readonly SecretKind[] = ["sign-in-code", "web-session", "api-key"];

async function forgetExpired(parts: PeopleParts): Promise<number> {
  const now = parts.clock().toISOString();
  let forgotten = 0;
  for (const kind of EXPIRING) {
    const old = (await readAll(parts, kind)).filter(
      ({ content }) => (content as { readonly expiresAt: string }).expiresAt <= now,
    );
    await parts.documents.commit(
      old.map(({ name }) => ({ kind: "remove", key: placeOf(kind, name) }) as const),
    );
    forgotten += old.length;
  }
  return forgotten;
}
