/** The switch that turns a part of a condition around. */
import type { ReactNode } from "react";

/** Turns a comparison or a group around. */
export function Not({
  isNot,
  what,
  onNot,
}: {
  readonly isNot: boolean;
  readonly what: string;
  readonly onNot: (isNot: boolean) => void;
}): ReactNode {
  return (
    <label className="conditionNot">
      <input
        type="checkbox"
        checked={isNot}
        aria-label={`Not: turn ${what} around`}
        onChange={({ target }) => onNot(target.checked)}
      />
      not
    </label>
  );
}
