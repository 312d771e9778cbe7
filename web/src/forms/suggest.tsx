/** A text field that offers values while one types. What is offered is a help: the caller says whether others count. */
import { Input, type InputProps } from "@fluentui/react-components";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

/** A value that is offered. */
export interface Option {
  readonly value: string;
  readonly text: string;
  readonly icon?: ReactNode;
  readonly detail?: string;
}

/** The field. Props that a `Field` gives to its control come along. */
export function Suggest({
  text,
  onText,
  options,
  onChoose,
  onEnter,
  onLeave,
  busy = false,
  ...field
}: {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly options: readonly Option[];
  readonly onChoose: (option: Option) => void;
  /** Enter while nothing is chosen. */
  readonly onEnter?: (text: string) => void;
  readonly onLeave?: (text: string) => void;
  readonly busy?: boolean;
} & Pick<InputProps, "placeholder" | "aria-label" | "id" | "required" | "disabled">): ReactNode {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const isShown = isOpen && options.length > 0;
  const chosen = Math.min(at, options.length - 1);
  const close = (): void => {
    setOpen(false);
    setAt(-1);
  };
  const choose = (option: Option): void => {
    onChoose(option);
    close();
  };
  const take = (option: Option | undefined): void => {
    if (option === undefined) {
      onEnter?.(text);
      close();
    } else {
      choose(option);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const option = isShown ? options[chosen] : undefined;
    if (event.key in STEPS && options.length > 0) {
      setOpen(true);
      setAt(steppedFrom(chosen, STEPS[event.key] ?? 0, options.length));
    } else if (event.key === "Enter" && (option ?? onEnter) !== undefined) {
      take(option);
    } else if (event.key === "Escape" && isShown) {
      event.stopPropagation();
      close();
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <div className="suggest">
      <Input
        {...field}
        className="wideInput"
        value={text}
        role="combobox"
        autoComplete="off"
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-busy={busy}
        {...(isShown ? { "aria-controls": `${id}list` } : {})}
        {...(isShown && chosen >= 0 ? { "aria-activedescendant": `${id}${chosen}` } : {})}
        onChange={(_event, data) => {
          onText(data.value);
          setOpen(true);
          setAt(-1);
        }}
        onClick={() => setOpen(true)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          close();
          onLeave?.(text);
        }}
      />
      {isShown ? <Suggestions id={id} options={options} chosen={chosen} onChoose={choose} /> : null}
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

function steppedFrom(at: number, step: number, count: number): number {
  return at < 0 && step < 0 ? count - 1 : (at + step + count) % count;
}

function Suggestions({
  id,
  options,
  chosen,
  onChoose,
}: {
  readonly id: string;
  readonly options: readonly Option[];
  readonly chosen: number;
  readonly onChoose: (option: Option) => void;
}): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <div
      id={`${id}list`}
      role="listbox"
      aria-label="Suggestions"
      className="suggestions"
      ref={list}
    >
      {options.map((option, place) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: arrows and Enter in the combobox choose an option.
        // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox.
        <div
          key={option.value}
          id={`${id}${place}`}
          role="option"
          aria-selected={place === chosen}
          className={place === chosen ? "option on" : "option"}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(option)}
        >
          {option.icon}
          <span className="text">{option.text}</span>
          {option.detail === undefined ? null : (
            <span className="suggestDetail">{option.detail}</span>
          )}
        </div>
      ))}
    </div>
  );
}

const OFFERED_MAX = 50;

/** Of the values of a vocabulary those that hold what was typed, the ones that begin with it first. */
export function matching(values: readonly string[], text: string): readonly Option[] {
  const wanted = text.trim().toLowerCase();
  const found = values.filter((value) => value.toLowerCase().includes(wanted));
  const first = found.filter((value) => value.toLowerCase().startsWith(wanted));
  return [...first, ...found.filter((value) => !first.includes(value))]
    .slice(0, OFFERED_MAX)
    .map((value) => ({ value, text: value }));
}
