/**
 * People: who signs in to the web page and holds keys for scripts, by links that work once or by the
 * organisation's identity provider.
 * @module
 */
export { API_KEY_PREFIX, type ApiKeyFacts, type IssuedApiKey } from "./api-keys.ts";
export type { Actor, PeopleParts } from "./context.ts";
export { createOidc, type Oidc, type OidcDeparture, type OidcOptions } from "./oidc.ts";
export { createPeople, type People } from "./people.ts";
export type { NewPerson, Person } from "./person.ts";
export { csrfTokenFits, type Session, type StartedSession } from "./sessions.ts";
