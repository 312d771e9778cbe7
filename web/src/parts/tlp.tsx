/** The traffic-light marking as a chip: coloured words on black, as FIRST asks for, in every theme. */
import type { ReactNode } from "react";

const COLOURS: Readonly<Record<string, string>> = {
  red: "#ff2b2b",
  amber: "#ffc000",
  "amber+strict": "#ffc000",
  green: "#33ff00",
  white: "#ffffff",
  clear: "#ffffff",
};

/** TLP 2.0 calls CLEAR what was WHITE. */
export function Tlp({ level }: { readonly level: string | null }): ReactNode {
  if (level === null) {
    return null;
  }
  const name = level === "white" ? "clear" : level;
  return (
    <span className="tlp" style={{ color: COLOURS[name] ?? "#ffffff" }}>
      TLP:{name.toUpperCase()}
    </span>
  );
}
