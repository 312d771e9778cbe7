/** The range of time that a query looks at, when it does not say so itself. */
import {
  Button,
  Field,
  Input,
  Popover,
  PopoverSurface,
  PopoverTrigger,
} from "@fluentui/react-components";
import { type FormEvent, type ReactNode, useState } from "react";

const RANGES: readonly (readonly [span: string, label: string])[] = [
  ["", "Time: as in the query"],
  ["PT1H", "Last hour"],
  ["P1D", "Last 24 hours"],
  ["P7D", "Last 7 days"],
  ["P30D", "Last 30 days"],
  ["P90D", "Last 90 days"],
  ["P365D", "Last year"],
];

/** The picker. @param span ISO 8601; empty for none */
export function TimeRange({
  span,
  onSpan,
}: {
  readonly span: string;
  readonly onSpan: (span: string) => void;
}): ReactNode {
  const isOwn = !RANGES.some(([each]) => each === span);
  const [open, setOpen] = useState(false);
  return (
    <>
      <select
        className="picker"
        aria-label="Time range"
        value={span}
        onChange={(event) => onSpan(event.target.value)}
      >
        {RANGES.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
        {isOwn ? <option value={span}>{span.replace("/", " to ")}</option> : null}
      </select>
      <Popover open={open} onOpenChange={(_event, data) => setOpen(data.open)} trapFocus>
        <PopoverTrigger disableButtonEnhancement>
          <Button size="small">From, to…</Button>
        </PopoverTrigger>
        <PopoverSurface aria-label="From and to">
          <OwnRange
            onSpan={(next) => {
              setOpen(false);
              onSpan(next);
            }}
          />
        </PopoverSurface>
      </Popover>
    </>
  );
}

function OwnRange({ onSpan }: { readonly onSpan: (span: string) => void }): ReactNode {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const isWrong = from !== "" && to !== "" && from > to;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (from !== "" && to !== "" && !isWrong) {
      onSpan(`${from}:00Z/${to}:00Z`);
    }
  };
  return (
    <form className="ownRange" onSubmit={onSubmit}>
      <Field label="From (UTC)">
        <Input
          type="datetime-local"
          value={from}
          onChange={(_event, data) => setFrom(data.value.slice(0, 16))}
        />
      </Field>
      <Field
        label="To (UTC)"
        {...(isWrong ? { validationMessage: "It ends before it begins." } : {})}
      >
        <Input
          type="datetime-local"
          value={to}
          onChange={(_event, data) => setTo(data.value.slice(0, 16))}
        />
      </Field>
      <Button type="submit" appearance="primary" disabled={from === "" || to === "" || isWrong}>
        Use this range
      </Button>
    </form>
  );
}
