/** Chooses values of a property, one or several, with how often each occurs. Counts come when they come. */
import { Button, Input, Popover, PopoverSurface, PopoverTrigger } from "@fluentui/react-components";
import { ChevronDownRegular } from "@fluentui/react-icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useDeferredValue, useState } from "react";
import { call } from "../api/client.ts";
import type { Condition, FacetValue, MatchCount } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";
import { useShown } from "./defang.ts";
import { tlpName } from "./tlp-name.ts";

const VALUES_MAX = 100;

/** Values whose number within the question is asked for: those that are seen without scrolling. */
const COUNTED_MAX = 10;
/** Counting ends there; nobody reads more digits in a list. */
const COUNT_MAX = 1_000;

const FIELDS = {
  source: { any: "Any source", label: "Source" },
  label: { any: "Any tag", label: "Tag" },
  tlp: { any: "Any TLP", label: "TLP" },
} as const;

type Field = keyof typeof FIELDS;

/** The chooser. */
export function FacetPicker({
  field,
  values,
  others,
  onValues,
}: {
  readonly field: Field;
  readonly values: readonly string[];
  /** What else is asked; undefined when nothing is. */
  readonly others: Condition | undefined;
  readonly onValues: (values: readonly string[]) => void;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const shown = useNames(field);
  const { any, label } = FIELDS[field];
  const [first] = values;
  const text =
    first === undefined
      ? any
      : `${label}: ${shown(first)}${values.length > 1 ? ` +${values.length - 1}` : ""}`;
  return (
    <Popover open={open} onOpenChange={(_event, data) => setOpen(data.open)} trapFocus>
      <PopoverTrigger disableButtonEnhancement>
        <Button
          className="facetButton"
          appearance={first === undefined ? "secondary" : "primary"}
          icon={<ChevronDownRegular />}
          iconPosition="after"
        >
          <span className="text">{text}</span>
        </Button>
      </PopoverTrigger>
      <PopoverSurface aria-label={label}>
        <FacetPanel {...{ field, values, others, onValues }} />
      </PopoverSurface>
    </Popover>
  );
}

function FacetPanel({
  field,
  values,
  others,
  onValues,
}: {
  readonly field: Field;
  readonly values: readonly string[];
  readonly others: Condition | undefined;
  readonly onValues: (values: readonly string[]) => void;
}): ReactNode {
  const base = useApiBase();
  const [typed, setTyped] = useState("");
  const prefix = useDeferredValue(typed.trim());
  const facet = useQuery({
    queryKey: ["facet", base, field, prefix],
    queryFn: ({ signal }) =>
      call<readonly FacetValue[]>(
        `${base}/facets/${field}?limit=${VALUES_MAX}${prefix === "" ? "" : `&prefix=${encodeURIComponent(prefix)}`}`,
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
  const found = (facet.data ?? []).map(({ value, count }) => ({ value: value ?? "none", count }));
  // What is chosen stays in sight, whether it occurs or not.
  const chosen = values.map(
    (value) => found.find((each) => each.value === value) ?? { value, count: null },
  );
  const rest = found.filter(({ value }) => !values.includes(value));
  const { label } = FIELDS[field];
  return (
    <div className="facetPanel">
      <Input
        size="small"
        value={typed}
        onChange={(_event, data) => setTyped(data.value)}
        placeholder="Begins with…"
        aria-label={`${label} begins with`}
      />
      <ul className="facetList" aria-label={label} aria-busy={facet.isFetching}>
        {[...chosen, ...rest].map(({ value, count }, at) => (
          <FacetRow
            key={value}
            {...{ field, value, count }}
            others={at < COUNTED_MAX ? others : undefined}
            isChosen={values.includes(value)}
            onToggle={() =>
              onValues(
                values.includes(value)
                  ? values.filter((each) => each !== value)
                  : [...values, value],
              )
            }
          />
        ))}
      </ul>
      {facet.isSuccess && found.length === 0 ? <p className="note">No value begins so.</p> : null}
      {facet.error === null ? null : <p className="note">{facet.error.message}</p>}
      {found.length >= VALUES_MAX ? (
        <p className="note">The {VALUES_MAX} most frequent. Type to find others.</p>
      ) : null}
      <Button size="small" disabled={values.length === 0} onClick={() => onValues([])}>
        Clear
      </Button>
    </div>
  );
}

function FacetRow({
  field,
  value,
  count,
  others,
  isChosen,
  onToggle,
}: {
  readonly field: Field;
  readonly value: string;
  readonly count: number | null;
  readonly others: Condition | undefined;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}): ReactNode {
  const shown = useNames(field);
  return (
    <li>
      <label>
        <input type="checkbox" checked={isChosen} onChange={onToggle} />
        <span className="text" title={shown(value)}>
          {shown(value)}
        </span>
        <span className="count">
          {others === undefined ? null : <Within {...{ field, value, others }} />}
          {count === null ? "–" : count.toLocaleString("en")}
        </span>
      </label>
    </li>
  );
}

/** What values of a field are called. */
function useNames(field: Field): (value: string) => string {
  const shown = useShown();
  return field === "tlp" ? tlpName : shown;
}

/** How many of what else is asked have the value. */
function Within({
  field,
  value,
  others,
}: {
  readonly field: Field;
  readonly value: string;
  readonly others: Condition;
}): ReactNode {
  const base = useApiBase();
  const leaf: Condition =
    field === "tlp"
      ? { kind: "tlp", anyOf: [value === "none" ? null : value] }
      : { kind: field, anyOf: [value] };
  const condition: Condition = { kind: "and", conditions: [others, leaf] };
  const { data } = useQuery({
    queryKey: ["count", base, condition, COUNT_MAX],
    queryFn: ({ signal }) =>
      call<MatchCount>(`${base}/objects/count`, {
        method: "POST",
        body: { condition, countMax: COUNT_MAX },
        signal,
      }),
  });
  if (data === undefined) {
    return "… of ";
  }
  return `${data.exact ? "" : "more than "}${data.count.toLocaleString("en")} of `;
}
