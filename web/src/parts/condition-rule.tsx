/** One comparison of a condition: a property, how it is compared, and with what. */
import { Button } from "@fluentui/react-components";
import { DeleteRegular } from "@fluentui/react-icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { call } from "../api/client.ts";
import type { FacetValue } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";
import { CONDITION_FIELDS, type ConditionInput } from "./condition-fields.ts";
import { Not } from "./condition-not.tsx";
import { fieldOf, type RuleNode } from "./condition-tree.ts";
import { tlpName } from "./tlp-name.ts";

/** The comparison. */
export function ConditionRule({
  rule,
  isSearch,
  onRule,
}: {
  readonly rule: RuleNode;
  readonly isSearch: boolean;
  readonly onRule: (rule: RuleNode | null) => void;
}): ReactNode {
  const { field, comparison } = fieldOf(rule);
  const comparisons = (field?.comparisons ?? []).filter(
    ({ id, isRelative }) => isSearch || isRelative !== true || id === rule.comparison,
  );
  const onField = (id: string): void => {
    const next = CONDITION_FIELDS.find((each) => each.id === id);
    const first = next?.comparisons.find(({ isRelative }) => isSearch || isRelative !== true);
    onRule({ ...rule, field: id, comparison: first?.id ?? "", texts: [] });
  };
  return (
    <div className="conditionRule">
      <Not isNot={rule.isNot} what="the comparison" onNot={(isNot) => onRule({ ...rule, isNot })} />
      <select
        className="picker"
        aria-label="Property"
        data-property
        value={rule.field}
        onChange={({ target }) => onField(target.value)}
      >
        {CONDITION_FIELDS.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
      <select
        className="picker"
        aria-label="Comparison"
        value={rule.comparison}
        onChange={({ target }) => onRule({ ...rule, comparison: target.value, texts: [] })}
      >
        {comparisons.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
      {comparison?.inputs.map((input, at) => (
        <Value
          key={input.label}
          input={input}
          text={rule.texts[at] ?? ""}
          onText={(text) =>
            onRule({
              ...rule,
              texts: comparison.inputs.map((_each, place) =>
                place === at ? text : (rule.texts[place] ?? ""),
              ),
            })
          }
        />
      ))}
      <Button
        size="small"
        appearance="subtle"
        icon={<DeleteRegular />}
        aria-label="Remove this comparison"
        onClick={() => onRule(null)}
      />
    </div>
  );
}

interface ValueProps {
  readonly input: ConditionInput;
  readonly text: string;
  readonly onText: (text: string) => void;
}

function Value(props: ValueProps): ReactNode {
  const { input, text, onText } = props;
  if (input.kind === "levels") {
    return <Levels {...props} />;
  }
  if (input.kind === "list") {
    return <ValueList {...props} />;
  }
  if (input.kind === "instant") {
    return <Instant {...props} />;
  }
  return (
    <input
      className="picker grow"
      aria-label={input.label}
      placeholder={input.placeholder}
      inputMode={input.kind === "number" ? "numeric" : "text"}
      value={text}
      onChange={({ target }) => onText(target.value)}
    />
  );
}

/** An instant in UTC; one that is written relative to now is kept as it is. */
function Instant({ input, text, onText }: ValueProps): ReactNode {
  const isRelative = text.startsWith("now");
  return (
    <span className="inline">
      <input
        className="picker grow"
        aria-label={`${input.label} (UTC)`}
        type={isRelative ? "text" : "datetime-local"}
        value={isRelative ? text : text.slice(0, "2026-01-31T12:00".length)}
        onChange={({ target }) =>
          onText(
            target.value === "" || target.value.startsWith("now")
              ? target.value
              : `${target.value}:00Z`,
          )
        }
      />
      UTC
    </span>
  );
}

const LEVELS = ["white", "green", "amber", "amber+strict", "red", "none"] as const;

function Levels({ text, onText }: ValueProps): ReactNode {
  const chosen = text === "" ? [] : text.split("\n");
  return (
    <span className="conditionLevels">
      {LEVELS.map((level) => {
        const isChosen = chosen.includes(level);
        return (
          <label key={level}>
            <input
              type="checkbox"
              checked={isChosen}
              onChange={() =>
                onText(
                  (isChosen ? chosen.filter((each) => each !== level) : [...chosen, level]).join(
                    "\n",
                  ),
                )
              }
            />
            {tlpName(level)}
          </label>
        );
      })}
    </span>
  );
}

const SUGGESTIONS_MAX = 30;

/** Values one by one: Enter or a comma takes what is typed, a click takes one away. */
function ValueList({ input, text, onText }: ValueProps): ReactNode {
  const values = text === "" ? [] : text.split("\n");
  const [typed, setTyped] = useState("");
  const listId = useId();
  const suggestions = useSuggestions(input.facet, typed);
  const take = (next: string): void => {
    const value = next.trim();
    setTyped("");
    if (value !== "" && !values.includes(value)) {
      onText([...values, value].join("\n"));
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const isTaken = event.key === "Enter" && !event.ctrlKey && !event.metaKey;
    if (isTaken && typed.trim() !== "") {
      event.preventDefault();
      take(typed);
    } else if (event.key === "Backspace" && typed === "" && values.length > 0) {
      onText(values.slice(0, -1).join("\n"));
    }
  };
  return (
    <span className="conditionValues">
      {values.map((value) => (
        <button
          key={value}
          type="button"
          className="conditionValue"
          aria-label={`Remove ${value}`}
          onClick={() => onText(values.filter((each) => each !== value).join("\n"))}
        >
          {value} <span aria-hidden>×</span>
        </button>
      ))}
      <input
        className="picker grow"
        aria-label={input.label}
        placeholder={values.length === 0 ? input.placeholder : "and another"}
        list={listId}
        value={typed}
        onChange={({ target }) =>
          suggestions.includes(target.value) ? take(target.value) : setTyped(target.value)
        }
        onKeyDown={onKeyDown}
        onBlur={() => take(typed)}
      />
      <datalist id={listId}>
        {suggestions
          .filter((each) => !values.includes(each))
          .map((each) => (
            <option key={each} value={each} />
          ))}
      </datalist>
    </span>
  );
}

function useSuggestions(facet: ConditionInput["facet"], typed: string): readonly string[] {
  const base = useApiBase();
  const prefix = typed.trim();
  const { data = [] } = useQuery({
    queryKey: ["facet", base, facet, prefix, SUGGESTIONS_MAX],
    queryFn: ({ signal }) =>
      call<readonly FacetValue[]>(
        `${base}/facets/${facet}?limit=${SUGGESTIONS_MAX}${prefix === "" ? "" : `&prefix=${encodeURIComponent(prefix)}`}`,
        { signal },
      ),
    enabled: facet !== undefined,
    placeholderData: keepPreviousData,
  });
  return data.flatMap(({ value }) => (value === null ? [] : [value]));
}
