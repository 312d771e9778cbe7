/** The parts of an object's details, and what each is given. */
import type { ObjectView } from "../api/types.ts";

/** Names in the address, and what is written on the tabs. */
export const PARTS = [
  ["fields", "Details"],
  ["related", "Related"],
  ["history", "History"],
  ["json", "JSON"],
  ["edit", "Edit"],
] as const;

/** A part; `relate` is the part `related` with its builder open. */
export type Part = (typeof PARTS)[number][0] | "relate";

/** What each part is given. */
export interface PartProps {
  readonly view: ObjectView;
  readonly part: Part;
  /** Opens another object by its id. */
  readonly onOpen: (id: string) => void;
  /** Shows another part. */
  readonly onPart: (part: Part) => void;
}
