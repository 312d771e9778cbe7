/** A value in full; what is nested can be opened, and each of its members can become a filter. */
import { Button } from "@fluentui/react-components";
import { FilterRegular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { CopyButton } from "../parts/copy-button.tsx";
import { nestedOf, textOfValue, type Value } from "./answer.ts";
import { kqlPath, memberCondition, type Step } from "./kql-text.ts";

/** Members of one list that are shown; the copy button has all. */
const MEMBERS_MAX = 200;
/** Levels that are open at first. */
const OPEN_LEVELS = 2;

/** The value. */
export function ValueTree({
  column,
  type,
  value,
  onFilter,
}: {
  readonly column: string;
  readonly type: string;
  readonly value: Value;
  readonly onFilter: (condition: string) => void;
}): ReactNode {
  const nested = nestedOf(value, type);
  if (nested === undefined) {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, so the keys have to reach it.
      <pre className="json" tabIndex={0}>
        {value === null || value === "" ? "(empty)" : textOfValue(value)}
      </pre>
    );
  }
  return (
    <div className="tree">
      <Members value={nested} steps={[]} column={column} onFilter={onFilter} />
    </div>
  );
}

function Members({
  value,
  steps,
  column,
  onFilter,
}: {
  readonly value: object;
  readonly steps: readonly Step[];
  readonly column: string;
  readonly onFilter: (condition: string) => void;
}): ReactNode {
  const isList = Array.isArray(value);
  const members = Object.entries(value);
  return (
    <ul className="members">
      {members.slice(0, MEMBERS_MAX).map(([key, member]: [string, unknown]) => {
        const path = [...steps, isList ? Number(key) : key];
        return (
          <li key={key} className="member">
            {typeof member === "object" && member !== null ? (
              <details open={path.length < OPEN_LEVELS}>
                <summary>
                  <b>{key}</b> {Array.isArray(member) ? `[${member.length}]` : "{…}"}
                </summary>
                <CopyButton
                  text={kqlPath(column, path)}
                  what={`the path ${kqlPath(column, path)}`}
                />
                <Members value={member} steps={path} column={column} onFilter={onFilter} />
              </details>
            ) : (
              <span className="leaf">
                <b>{key}</b> <span className="mono">{JSON.stringify(member)}</span>
                <Button
                  size="small"
                  appearance="transparent"
                  icon={<FilterRegular />}
                  aria-label={`Only rows with this ${kqlPath(column, path)}`}
                  onClick={() => onFilter(memberCondition(column, path, member))}
                />
                <CopyButton
                  text={kqlPath(column, path)}
                  what={`the path ${kqlPath(column, path)}`}
                />
              </span>
            )}
          </li>
        );
      })}
      {members.length > MEMBERS_MAX ? <li>and {members.length - MEMBERS_MAX} more</li> : null}
    </ul>
  );
}
