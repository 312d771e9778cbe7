/** An instant in UTC: typed in the usual forms, or chosen from the browser's calendar. */
import { Button, Input } from "@fluentui/react-components";
import { CalendarRegular } from "@fluentui/react-icons";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { normaliseTimestamp } from "../../../src/stix/index.ts";

/** The field. What is no instant is handed on as it is, so that the engine says what is wrong. */
export function TimeField({
  value,
  onValue,
  label,
}: {
  readonly value: string;
  readonly onValue: (value: string | undefined) => void;
  readonly label: string;
}): ReactNode {
  const calendar = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  // What is being typed stays as it is typed, unless another value comes from outside.
  useEffect(() => setText((old) => ((instantOf(old) ?? "") === value ? old : value)), [value]);
  return (
    <span className="timeField">
      <Input
        className="wideInput"
        value={text}
        placeholder="2027-01-31 13:00 (UTC)"
        onChange={(_event, data) => {
          setText(data.value);
          onValue(instantOf(data.value));
        }}
        onBlur={() => setText(value)}
        contentAfter={
          <Button
            size="small"
            appearance="transparent"
            icon={<CalendarRegular />}
            aria-label={`${label}: calendar (UTC)`}
            onClick={() => calendar.current?.showPicker()}
          />
        }
      />
      <input
        ref={calendar}
        className="hiddenCalendar"
        type="datetime-local"
        step={1}
        tabIndex={-1}
        aria-hidden
        value={/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? value.slice(0, 19) : ""}
        onChange={(event) => onValue(instantOf(event.target.value))}
      />
    </span>
  );
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const MINUTES = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z?)$/i;

/** A day is its beginning, a time without zone is UTC; anything else stays as it is. */
function instantOf(text: string): string | undefined {
  const typed = text.trim();
  if (typed === "") {
    return undefined;
  }
  const minutes = MINUTES.exec(typed);
  const full = DATE.test(typed)
    ? `${typed}T00:00:00Z`
    : minutes === null
      ? typed
      : `${minutes[1]}T${minutes[2]}${minutes[3] ?? ":00"}Z`;
  return normaliseTimestamp(full) ?? typed;
}
