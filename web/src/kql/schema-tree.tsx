/** The tree of tables, columns, functions and watchlists: a click or Enter puts a name into the query. */
import { ChevronDownRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useState,
} from "react";
import { call } from "../api/client.ts";
import { useApiBase } from "../shell/session.tsx";
import type { Catalogue } from "./language-messages.ts";
import { OPEN_AT_FIRST, type SchemaRow, schemaRows, steer, type Watchlist } from "./schema-rows.ts";

/** The tree. */
export function SchemaTree({
  catalogue,
  words,
  onInsert,
}: {
  readonly catalogue: Catalogue;
  readonly words: string;
  readonly onInsert: (text: string) => void;
}): ReactNode {
  const id = useId();
  const watchlists = useWatchlists();
  const [open, setOpen] = useState(OPEN_AT_FIRST);
  const [atId, setAtId] = useState<string | null>(null);
  const rows = useMemo(
    () => schemaRows(catalogue, watchlists, { open, words }),
    [catalogue, watchlists, open, words],
  );
  const at = Math.max(
    0,
    rows.findIndex((row) => row.id === atId),
  );
  const toggle = (row: string): void => {
    const next = new Set(open);
    if (!next.delete(row)) {
      next.add(row);
    }
    setOpen(next);
  };
  useEffect(() => {
    if (atId !== null) {
      document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
    }
  }, [id, at, atId]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at];
    const step = steer(rows, at, event.key);
    if (step !== null) {
      setAtId(rows[step.at]?.id ?? null);
      if (step.toggle !== null && words === "") {
        toggle(step.toggle);
      }
    } else if (event.key === "Enter" && row?.insert !== null && row !== undefined) {
      onInsert(row.insert);
    } else if ((event.key === " " || event.key === "Enter") && row?.isOpen !== null && row) {
      toggle(row.id);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = ({ target }: MouseEvent): void => {
    const element = target instanceof Element ? target.closest<HTMLElement>("[data-place]") : null;
    const row = rows[Number(element?.dataset["place"] ?? -1)];
    if (row === undefined || !(target instanceof Element)) {
      return;
    }
    setAtId(row.id);
    if (row.insert === null || target.closest(".chevron.turns") !== null) {
      toggle(row.id);
    } else {
      onInsert(row.insert);
    }
  };
  if (rows.length === 0) {
    return <p className="nothing">Nothing has these words.</p>;
  }
  return (
    <div
      role="tree"
      className="schemaTree"
      aria-label="Tables, functions and watchlists"
      aria-activedescendant={`${id}-${at}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      {rows.map((row, place) => (
        <TreeRow key={row.id} dom={`${id}-${place}`} place={place} row={row} isAt={place === at} />
      ))}
    </div>
  );
}

function TreeRow({
  dom,
  place,
  row: { level, name, detail, insert, isOpen },
  isAt,
}: {
  readonly dom: string;
  readonly place: number;
  readonly row: SchemaRow;
  readonly isAt: boolean;
}): ReactNode {
  const Chevron = isOpen === true ? ChevronDownRegular : ChevronRightRegular;
  return (
    <div
      id={dom}
      data-place={place}
      role="treeitem"
      tabIndex={-1}
      aria-level={level}
      aria-selected={isAt}
      {...(isOpen === null ? {} : { "aria-expanded": isOpen })}
      className={`schemaRow level${level}${isAt ? " at" : ""}`}
      title={insert === null ? undefined : `Put ${name} into the query`}
    >
      <span className={isOpen === null ? "chevron" : "chevron turns"} aria-hidden>
        {isOpen === null ? null : <Chevron />}
      </span>
      <span className="schemaName">{name}</span>
      <span className="schemaDetail">{detail}</span>
    </div>
  );
}

const NO_WATCHLISTS: readonly Watchlist[] = [];

/** None for those who may not see them, or while they are not there. */
function useWatchlists(): readonly Watchlist[] {
  const base = useApiBase();
  const { data } = useQuery({
    queryKey: ["watchlists", base],
    queryFn: ({ signal }) =>
      call<{ readonly value: readonly Watchlist[] }>(`${base}/watchlists`, { signal }),
    retry: false,
  });
  return data?.value ?? NO_WATCHLISTS;
}
