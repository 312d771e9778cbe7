/** The traffic-light marking as a chip: coloured words on black, as FIRST asks for, in every theme. */
import type { ReactNode } from "react";
import { tlpName } from "./tlp-name.ts";

const COLOURS: Readonly<Record<string, string>> = {
  red: "#ff2b2b",
  amber: "#ffc000",
  "amber+strict": "#ffc000",
  green: "#33ff00",
  white: "#ffffff",
  clear: "#ffffff",
};

/** The chip; nothing without a level. */
export function Tlp({ level }: { readonly level: string | null }): ReactNode {
  if (level === null) {
    return null;
  }
  return (
    <span className="tlp" style={{ color: COLOURS[level] ?? "#ffffff" }}>
      TLP:{tlpName(level)}
    </span>
  );
}
