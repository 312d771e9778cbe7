/**
 * How the sample feed gets its identifiers, times and choices: everything is derived from names by SHA-256,
 * so the same tables give the same bytes on every machine, and a new row leaves the other objects as they
 * were.
 */
import { createHash } from "node:crypto";
import { PRODUCER } from "./cast.ts";

/** What JSON can hold. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
/** One object of the feed. */
export type StixObject = { readonly [key: string]: Json };

/** The four marking definitions of the Traffic Light Protocol (STIX 2.1 §7.2.1.4). */
export const TLP: Readonly<Record<"white" | "green" | "amber" | "red", string>> = {
  white: "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
  green: "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
  amber: "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
  red: "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
};

/** Times of the feed lie between these instants; validity reaches years beyond. */
const FIRST_CREATED_MS = Date.UTC(2026, 0, 5, 7, 30);
const CREATED_SPAN_MS = 290 * 24 * 3_600_000;

/** A digest of nothing real: of the right length for its algorithm, and the same each time. */
export function digest(algorithm: string, name: string): string {
  return createHash(algorithm).update(`stixgate sample ${name}`).digest("hex");
}

/** A number from 0 to `bound` - 1 that depends on nothing but the name. */
function draw(name: string, bound: number): number {
  return Number.parseInt(digest("sha256", name).slice(0, 12), 16) % bound;
}

/** One item of the list, chosen by the name. */
export function pick<T>(list: readonly T[], name: string): T {
  // The index is within the list, whose items may themselves be undefined.
  return list[draw(name, list.length)] as T;
}

/** An identifier with the form of a random UUID (STIX 2.1 §2.9), drawn from the name. */
export function idOf(type: string, name: string): string {
  const hex = digest("sha256", `id ${type} ${name}`);
  const variant = "89ab"[draw(`variant ${name}`, 4)];
  const uuid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `${type}--${uuid.join("-")}`;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** The properties that all objects share, in the order of STIX 2.1 §3.2. */
export function common(type: string, name: string): StixObject {
  const createdMs = FIRST_CREATED_MS + draw(`created ${name}`, CREATED_SPAN_MS);
  const edited = draw(`edited ${name}`, 3) === 0;
  const modifiedMs = createdMs + (edited ? draw(`modified ${name}`, 9 * 24 * 3_600_000) : 0);
  return {
    type,
    spec_version: "2.1",
    id: idOf(type, name),
    created_by_ref: idOf("identity", PRODUCER.name),
    created: instant(createdMs),
    modified: instant(modifiedMs),
  };
}
