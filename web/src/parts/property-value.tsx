/** The value of a property, drawn by the kind that the standard gives it. Nothing that an object says becomes a link but the address of a reference. */
import type { ReactNode } from "react";
import {
  type Kind,
  NESTED_TYPES,
  OBJECT_TYPES,
  PREDEFINED_EXTENSIONS,
  tlpOf,
} from "../../../src/stix/index.ts";
import type { ObjectView } from "../api/types.ts";
import { STIX_ID } from "../forms/find-objects.ts";
import { labelOf } from "../forms/model.ts";
import { ObjectName } from "../forms/object-picker.tsx";
import { CopyButton } from "./copy-button.tsx";
import { useShown } from "./defang.ts";
import { Time } from "./time.tsx";
import { Tlp } from "./tlp.tsx";

/** What a value is drawn with. */
interface Drawing {
  readonly titles: ReadonlyMap<string, ObjectView>;
  readonly onOpen: (id: string) => void;
}

/** Objects inside objects are drawn so deep; the JSON has the rest. */
const DEPTH_MAX = 4;

/** The value of one property of a type. */
export function PropertyValue({
  type,
  name,
  value,
  ...drawing
}: Drawing & {
  readonly type: string;
  readonly name: string;
  readonly value: unknown;
}): ReactNode {
  return <Value kind={kindOf(type, name)} value={value} name={name} depth={0} {...drawing} />;
}

function kindOf(type: string, name: string): Kind | undefined {
  const table = OBJECT_TYPES.get(type) ?? NESTED_TYPES.get(type) ?? PREDEFINED_EXTENSIONS.get(type);
  return table?.properties.find((each) => each.name === name)?.kind21;
}

interface ValueProps extends Drawing {
  readonly kind: Kind | undefined;
  readonly value: unknown;
  readonly name: string;
  readonly depth: number;
}

function Value(props: ValueProps): ReactNode {
  const { kind, value, name } = props;
  if (Array.isArray(value)) {
    return <ListValue {...props} items={value} />;
  }
  if (typeof value === "object" && value !== null) {
    return <MembersValue {...props} members={value as Readonly<Record<string, unknown>>} />;
  }
  if (kind?.is === "timestamp" && typeof value === "string") {
    return (
      <span className="valueLine">
        {value.replace("T", " ").replace(/(\.0+)?Z$/, " UTC")}{" "}
        <span className="suggestDetail">
          <Time instant={value} />
        </span>
      </span>
    );
  }
  if (typeof value === "boolean") {
    return value ? "Yes" : "No";
  }
  if (typeof value === "string" && STIX_ID.test(value) && name !== "id") {
    return <Reference id={value} {...props} />;
  }
  return (
    <TextValue
      text={typeof value === "string" ? value : JSON.stringify(value)}
      name={name}
      isCopied={COPIED.has(kind?.is ?? "string") && name !== "spec_version"}
    />
  );
}

function TextValue({
  text,
  name,
  isCopied,
}: {
  readonly text: string;
  readonly name: string;
  readonly isCopied: boolean;
}): ReactNode {
  const shown = useShown();
  return (
    <span className="valueLine">
      <span className={MONO.has(name) ? "value mono" : "value"}>
        {name === "id" ? text : shown(text)}
      </span>
      {isCopied ? <CopyButton text={text} what={labelOf(name)} isValue={name !== "id"} /> : null}
    </span>
  );
}

/** Kinds of values that somebody may want elsewhere. */
const COPIED: ReadonlySet<string> = new Set(["string", "hex", "binary", "dictionary"]);

const MONO: ReadonlySet<string> = new Set(["id", "value", "key", "path", "command_line", "cpe"]);

function ListValue({ items, ...props }: ValueProps & { readonly items: readonly unknown[] }) {
  const { kind, name } = props;
  const of = kind?.is === "list" ? kind.of : undefined;
  if (of?.is === "nested" && of.type === "external-reference") {
    return (
      <ul className="plainList stack tight">
        {items.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what is shown never changes its place.
          <ExternalReference key={at} reference={item as Members} />
        ))}
      </ul>
    );
  }
  if (of?.is === "nested" && of.type === "kill-chain-phase") {
    const phases = items.map((item) => item as Members);
    return (
      <Chips
        texts={phases.map((each) => `${each["kill_chain_name"]}: ${each["phase_name"]}`)}
        label={labelOf(name)}
      />
    );
  }
  const isPlain = items.every((item) => typeof item !== "object");
  if (isPlain && !items.some((item) => typeof item === "string" && STIX_ID.test(item))) {
    return <Chips texts={items.map(String)} label={labelOf(name)} />;
  }
  return (
    <ul className="plainList stack tight">
      {items.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what is shown never changes its place.
        <li key={at}>
          <Value {...props} kind={of} value={item} depth={props.depth + 1} />
        </li>
      ))}
    </ul>
  );
}

type Members = Readonly<Record<string, unknown>>;

function MembersValue({ members, ...props }: ValueProps & { readonly members: Members }) {
  const { kind, depth } = props;
  if (depth >= DEPTH_MAX) {
    return <pre className="json">{JSON.stringify(members, null, 2)}</pre>;
  }
  const table = kind?.is === "nested" ? kind.type : props.name;
  return (
    <dl className={kind?.is === "hashes" ? "inner hashes" : "inner"}>
      {Object.entries(members).map(([name, value]) => (
        <div key={name}>
          <dt>{kind?.is === "nested" ? labelOf(name) : name}</dt>
          <dd>
            <Value
              {...props}
              kind={kindOf(table, name)}
              name={name}
              value={value}
              depth={depth + 1}
            />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Chips({ texts, label }: { readonly texts: readonly string[]; readonly label: string }) {
  return (
    <ul className="chips plainList" aria-label={label}>
      {texts.map((text) => (
        <li key={text} className="chip">
          {text}
        </li>
      ))}
    </ul>
  );
}

function Reference({ id, titles, onOpen }: { readonly id: string } & Drawing): ReactNode {
  const level = tlpOf([id], { tlpGreenAlias: true });
  if (level !== null) {
    return <Tlp level={level} />;
  }
  const view = titles.get(id);
  return view === undefined ? (
    <span className="valueLine">
      <ObjectName id={id} view={undefined} />
      <CopyButton text={id} what="the id" />
    </span>
  ) : (
    <button type="button" className="link" onClick={() => onOpen(view.id)}>
      <ObjectName id={id} view={view} />
    </button>
  );
}

function ExternalReference({ reference }: { readonly reference: Members }): ReactNode {
  const { source_name, external_id, description, url, hashes } = reference;
  const shown = useShown();
  const address = typeof url === "string" ? url : "";
  // Whoever has addresses disarmed does not want to open one by mistake.
  const mayOpen = /^https?:\/\//i.test(address) && shown(address) === address;
  const name = [source_name, external_id].filter((each) => typeof each === "string").join(" ");
  return (
    <li>
      <span className="strong">{name}</span>
      {address === "" ? null : (
        <span className="valueLine">
          {mayOpen ? (
            <a href={address} target="_blank" rel="noopener noreferrer" className="breaks">
              {address}
            </a>
          ) : (
            <span className="breaks">{shown(address)}</span>
          )}
          <CopyButton text={address} what="the address" isValue />
        </span>
      )}
      {typeof description === "string" ? <p className="prose">{shown(description)}</p> : null}
      {typeof hashes === "object" && hashes !== null ? (
        <span className="mono breaks">{JSON.stringify(hashes)}</span>
      ) : null}
    </li>
  );
}

const REFERENCES_MAX = 500;

/** Ids that an object names, its own left out. */
export function referencesIn(object: Members | null): readonly string[] {
  const found = new Set<string>();
  const look = (value: unknown, depth: number): void => {
    if (typeof value === "string" && STIX_ID.test(value)) {
      found.add(value);
    } else if (typeof value === "object" && value !== null && depth < DEPTH_MAX) {
      for (const each of Object.values(value)) {
        look(each, depth + 1);
      }
    }
  };
  const { id: _own, ...rest } = object ?? {};
  look(rest, 0);
  return [...found].slice(0, REFERENCES_MAX);
}
