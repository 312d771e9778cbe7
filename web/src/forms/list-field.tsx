/** A list of texts: each becomes a tag by Enter, a comma or when the field is left. */
import { Tag, TagGroup } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { type Option, Suggest } from "./suggest.tsx";

/** The list. */
export function ListField({
  items,
  onItems,
  label,
  offer,
  onTyped,
  splitAt = /[,\n]/,
  field = {},
}: {
  readonly items: readonly string[];
  readonly onItems: (items: readonly string[]) => void;
  readonly label: string;
  /** What is offered for what was typed. */
  readonly offer: (text: string) => readonly Option[];
  /** For those who look up what they offer. */
  readonly onTyped?: (text: string) => void;
  readonly splitAt?: RegExp;
  readonly field?: object;
}): ReactNode {
  const [text, setTyped] = useState("");
  const setText = (typed: string): void => {
    setTyped(typed);
    onTyped?.(typed);
  };
  const add = (typed: string): void => {
    const parts = typed
      .split(splitAt)
      .map((part) => part.trim())
      .filter((part) => part !== "");
    setText("");
    if (parts.length > 0) {
      onItems([...new Set([...items, ...parts])]);
    }
  };
  return (
    <div className="stack tight">
      {items.length === 0 ? null : (
        <TagGroup
          className="tags"
          aria-label={`${label}: entries`}
          onDismiss={(_event, data) => onItems(items.filter((each) => each !== data.value))}
        >
          {items.map((item) => (
            <Tag key={item} value={item} dismissible size="small">
              {item}
            </Tag>
          ))}
        </TagGroup>
      )}
      <Suggest
        {...field}
        text={text}
        onText={(typed) => (splitAt.test(typed) ? add(typed) : setText(typed))}
        options={offer(text).filter(({ value }) => !items.includes(value))}
        onChoose={({ value }) => add(value)}
        onEnter={add}
        onLeave={add}
        placeholder="Add, then Enter"
      />
    </div>
  );
}
