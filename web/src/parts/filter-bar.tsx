/** What narrows the list: words, values of the common properties, a condition that was built, and all of it in words. */
import { Button, SearchBox, Tab, TabList } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { call } from "../api/client.ts";
import type { Condition, FacetValue } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";
import { ConditionBuilder } from "./condition-builder.tsx";
import { conditionText } from "./condition-text.ts";
import { FacetPicker } from "./facet-picker.tsx";
import { MatchCountText } from "./match-count.tsx";
import {
  asValues,
  conditionOf,
  isAsked,
  listOf,
  type SearchChange,
  type SearchState,
} from "./search-state.ts";

const TABS_MAX = 7;
const TYPES_MAX = 50;
const SEARCH_PAUSE_MS = 250;

export interface FilterBarProps {
  readonly state: SearchState;
  readonly condition: Condition | undefined;
  readonly onChange: (change: SearchChange, replace?: boolean) => void;
  readonly onClear: () => void;
}

/** The bar. */
export function FilterBar({ state, condition, onChange, onClear }: FilterBarProps): ReactNode {
  return (
    <>
      <div className="filters">
        <WordSearch text={state.text ?? ""} onText={(text) => onChange({ text }, true)} />
        {(["source", "label", "tlp"] as const).map((field) => (
          <FacetPicker
            key={field}
            field={field}
            values={listOf(state[field])}
            others={othersOf(state, field)}
            onValues={(values) => onChange({ [field]: asValues(values) })}
          />
        ))}
        <StatePicker state={state.state} onState={(next) => onChange({ state: next })} />
        <ConditionBuilder isSearch where={state.where} onWhere={(where) => onChange({ where })} />
        <span className="count" role="status">
          <MatchCountText condition={condition} />
        </span>
        {isAsked(state) ? (
          <Button appearance="subtle" icon={<DismissRegular />} onClick={onClear}>
            Clear all
          </Button>
        ) : null}
      </div>
      <Asked where={state.where} onRemove={() => onChange({ where: undefined })} />
    </>
  );
}

/** What is asked beside the values of a field: the counts in its list are of that. */
function othersOf(state: SearchState, field: keyof SearchState): Condition | undefined {
  const { [field]: _own, ...others } = state;
  return conditionOf(others, startOfMinute());
}

const MINUTE_MS = 60_000;

/** What is active now is the same for a while, so that counts need not be asked at every look. */
function startOfMinute(): Date {
  return new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
}

/** The condition that was built, in words. */
function Asked({
  where,
  onRemove,
}: {
  readonly where: string | undefined;
  readonly onRemove: () => void;
}): ReactNode {
  const text = where === undefined ? undefined : textOf(where);
  if (text === undefined) {
    return null;
  }
  return (
    <div className="asked">
      <span className="askedText">Where {text}</span>
      <Button
        size="small"
        appearance="subtle"
        icon={<DismissRegular />}
        aria-label="Remove the condition"
        onClick={onRemove}
      />
    </div>
  );
}

function textOf(where: string): string | undefined {
  try {
    return conditionText(JSON.parse(where) as Condition);
  } catch {
    return undefined;
  }
}

/** The types that there are, with how many of each. */
export function TypeTabs({
  types,
  onType,
}: {
  readonly types: readonly string[];
  readonly onType: (type: string | undefined) => void;
}): ReactNode {
  const base = useApiBase();
  const { data = [] } = useQuery({
    queryKey: ["facet", base, "type"],
    queryFn: ({ signal }) =>
      call<readonly FacetValue[]>(`${base}/facets/type?limit=${TYPES_MAX}`, { signal }),
  });
  const total = data.reduce((sum, { count }) => sum + count, 0);
  const shown = data.slice(0, TABS_MAX);
  const chosen = data.filter(({ value }) => types.includes(value ?? ""));
  const missing = chosen.filter((each) => !shown.includes(each));
  const tabs = [...shown.slice(0, TABS_MAX - missing.length), ...missing];
  const others = data.filter((each) => !tabs.includes(each));
  const [only] = types;
  return (
    <div className="typeTabs">
      <TabList
        selectedValue={types.length > 1 ? "several" : (only ?? "")}
        onTabSelect={(_event, { value }) => {
          if (value !== "several") {
            onType(value === "" ? undefined : String(value));
          }
        }}
        aria-label="Types"
      >
        <Tab value="">All {total.toLocaleString("en")}</Tab>
        {types.length > 1 ? <Tab value="several">{types.join(", ")}</Tab> : null}
        {tabs.map(({ value, count }) => (
          <Tab key={value} value={value ?? ""}>
            {value} {count.toLocaleString("en")}
          </Tab>
        ))}
      </TabList>
      {others.length === 0 ? null : (
        <select
          className="picker"
          aria-label="Other types"
          value=""
          onChange={({ target }) => onType(target.value)}
        >
          <option value="">{others.length} more types</option>
          {others.map(({ value, count }) => (
            <option key={value} value={value ?? ""}>
              {value} {count.toLocaleString("en")}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

/** Searches when the typing pauses. */
function WordSearch({
  text,
  onText,
}: {
  readonly text: string;
  readonly onText: (text: string | undefined) => void;
}): ReactNode {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts a search.
  useEffect(() => {
    if (typed === text) {
      return;
    }
    const timer = setTimeout(() => onText(typed === "" ? undefined : typed), SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <SearchBox
      id="search"
      value={typed}
      onChange={(_event, data) => setTyped(data.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          onText(typed === "" ? undefined : typed);
          document.querySelector<HTMLElement>("[role=grid]")?.focus();
        }
      }}
      placeholder="Words, a value, a STIX id ( / )"
      aria-label="Search the intelligence"
    />
  );
}

const STATES = ["active", "inactive", "revoked"] as const;

function StatePicker({
  state,
  onState,
}: {
  readonly state: string | undefined;
  readonly onState: (state: string | undefined) => void;
}): ReactNode {
  return (
    <select
      className="picker"
      aria-label="State"
      value={state ?? ""}
      onChange={({ target }) => onState(target.value === "" ? undefined : target.value)}
    >
      <option value="">Any state</option>
      {STATES.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}
