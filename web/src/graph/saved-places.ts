/** Where somebody has put nodes: kept in this browser, for each picture by the object that it begins with. */
import type { Place } from "./layouts.ts";

const STORAGE_KEY = "stixgate.graph.places";
/** Pictures that are remembered; the oldest is forgotten first. */
const PICTURES_MAX = 40;
/** Places of one picture. */
const PLACES_MAX = 500;

type Stored = Readonly<Record<string, Readonly<Record<string, readonly [x: number, y: number]>>>>;

function read(): Stored {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}");
    return typeof stored === "object" && stored !== null ? (stored as Stored) : {};
  } catch {
    return {};
  }
}

function write(stored: Stored): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(stored));
  } catch {
    // A full or forbidden store costs the places, not the picture.
  }
}

/** The places of a picture. */
export function placesOf(picture: string): ReadonlyMap<string, Place> {
  return new Map(Object.entries(read()[picture] ?? {}).map(([id, [x, y]]) => [id, { x, y }]));
}

/** Remembers places of a picture beside those that it has. */
export function savePlaces(picture: string, places: ReadonlyMap<string, Place>): void {
  const { [picture]: known, ...others } = read();
  const own = Object.entries({
    ...known,
    ...Object.fromEntries(
      [...places].map(([id, { x, y }]) => [id, [Math.round(x), Math.round(y)] as const]),
    ),
  }).slice(-PLACES_MAX);
  const kept = Object.entries(others).slice(1 - PICTURES_MAX);
  write({ ...Object.fromEntries(kept), [picture]: Object.fromEntries(own) });
}

/** Forgets the places of a picture. */
export function forgetPlaces(picture: string): void {
  const { [picture]: _gone, ...others } = read();
  write(others);
}
