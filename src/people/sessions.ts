/**
 * Signing in: codes of links that work once, and the sessions of browsers. Of either only a keyed hash is kept, and a
 * disabled person is signed out at once.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { DocumentChange } from "../store/index.ts";
import type { Principal } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import {
  actorOf,
  hashSecret,
  noteOf,
  type PeopleParts,
  placeOfSecret,
  principalOf,
  requireEnabled,
  requirePerson,
  requireWhole,
  TOKEN_BYTES,
  unauthorized,
} from "./context.ts";
import type { Person } from "./person.ts";

/** A signed-in browser. */
export interface Session {
  readonly person: Person;
  readonly principal: Principal;
  /** What a page has to send along with every change, so that no other site can make one. */
  readonly csrfToken: string;
  readonly expiresAt: string;
}

/** A session that was just started; the token is what the cookie holds. */
export interface StartedSession {
  readonly token: string;
  readonly session: Session;
}

/** A link is pasted within a day or never. */
const SIGN_IN_MINUTES_MAX = 1_440;

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

interface Held {
  readonly personId: string;
  readonly expiresAt: string;
}

/** Makes the code of a link. @throws AppError `not_found`, `invalid_request` */
export async function issueSignInCode(
  parts: PeopleParts,
  personId: string,
  minutes: number,
): Promise<string> {
  requireWhole("minutes", minutes, SIGN_IN_MINUTES_MAX);
  const person = await requirePerson(parts, personId);
  const code = randomBytes(TOKEN_BYTES).toString("base64url");
  const expiresAt = later(parts, minutes * MS_PER_MINUTE);
  const content = { personId: person.personId, expiresAt };
  const key = placeOfSecret(parts, "sign-in-code", code);
  await parts.documents.commit([{ kind: "put", key, content }]);
  return code;
}

/** Exchanges a code for a session. @throws AppError `unauthorized` */
export async function signInByCode(parts: PeopleParts, code: string): Promise<StartedSession> {
  const key = placeOfSecret(parts, "sign-in-code", code);
  const found = await parts.documents.get(key);
  const held = found?.content as Held | undefined;
  if (found === undefined || held === undefined || hasPassed(parts, held.expiresAt)) {
    throw codeIsUsed();
  }
  const person = await requireEnabled(parts, held.personId);
  try {
    // Of two browsers with one link only one removes this revision.
    return await startSession(parts, person, [{ kind: "remove", key, ifRevision: found.revision }]);
  } catch (error) {
    throw error instanceof AppError && error.code === "precondition_failed" ? codeIsUsed() : error;
  }
}

/** Starts a session of somebody who has proved who they are. @throws AppError `unauthorized` */
export async function startSession(
  parts: PeopleParts,
  person: Person,
  alongside: readonly DocumentChange[] = [],
): Promise<StartedSession> {
  if (!person.enabled) {
    throw unauthorized("The person was disabled.");
  }
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const expiresAt = later(parts, parts.sessionHours * MS_PER_HOUR);
  const content = { personId: person.personId, expiresAt };
  const key = placeOfSecret(parts, "web-session", token);
  await parts.documents.commit(
    [...alongside, { kind: "put", key, content }],
    [noteOf(actorOf(person), { action: "person.sign-in", target: person.personId })],
  );
  return { token, session: sessionOf(parts, person, { token, expiresAt }) };
}

/** The session of a cookie. @throws AppError `unauthorized` */
export async function verifySession(parts: PeopleParts, token: string): Promise<Session> {
  const found = await parts.documents.get(placeOfSecret(parts, "web-session", token));
  const held = found?.content as Held | undefined;
  if (held === undefined || hasPassed(parts, held.expiresAt)) {
    throw unauthorized("The session has ended: sign in again.");
  }
  const person = await requireEnabled(parts, held.personId);
  return sessionOf(parts, person, { token, expiresAt: held.expiresAt });
}

/** Ends a session; nothing happens when there is none. */
export async function signOut(parts: PeopleParts, token: string): Promise<void> {
  const key = placeOfSecret(parts, "web-session", token);
  await parts.documents.commit([{ kind: "remove", key }]);
}

/** Whether a page sent along what belongs to its session; compared in constant time. */
export function csrfTokenFits(session: Session, presented: string): boolean {
  const [expected, given] = [Buffer.from(session.csrfToken), Buffer.from(presented)];
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function sessionOf(
  parts: PeopleParts,
  person: Person,
  { token, expiresAt }: { readonly token: string; readonly expiresAt: string },
): Session {
  const csrfToken = hashSecret(parts, "csrf", token);
  return { person, principal: principalOf(person), csrfToken, expiresAt };
}

function later({ clock }: PeopleParts, ms: number): string {
  return new Date(clock().getTime() + ms).toISOString();
}

function hasPassed({ clock }: PeopleParts, instant: string): boolean {
  return instant <= clock().toISOString();
}

function codeIsUsed(): AppError {
  return unauthorized("The sign-in link was used already, or has expired.");
}
