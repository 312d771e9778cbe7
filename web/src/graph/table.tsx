/** The graph as two tables: its objects and its relations. What a picture of hundreds hides can be read here. */
import { type ReactNode, useMemo, useState } from "react";
import { Time } from "../parts/time.tsx";
import { Tlp } from "../parts/tlp.tsx";
import { TypeIcon } from "../parts/type-icon.tsx";
import type { Acts } from "./acts.ts";
import { kindOf } from "./card.tsx";
import type { DrawnNode, Picture } from "./model.ts";

const COLUMNS = ["Name", "Type", "Relations", "TLP", "Confidence", "Source", "Changed"] as const;
type ColumnName = (typeof COLUMNS)[number];

type Row = DrawnNode & { readonly links: number };

/** What a column is sorted by. */
const SORTS: Readonly<Record<ColumnName, (row: Row) => string | number>> = {
  Name: ({ label }) => label.toLowerCase(),
  Type: ({ type }) => type,
  Relations: ({ links }) => -links,
  TLP: ({ view }) => view?.tlp ?? "~",
  Confidence: ({ view }) => -(view?.confidence ?? -1),
  Source: ({ view }) => view?.source.toLowerCase() ?? "~",
  Changed: ({ view }) => -Date.parse(view?.modified ?? "1970-01-01"),
};

/** The tables. */
export function GraphTable({
  picture,
  found,
  at,
  acts,
}: {
  readonly picture: Picture;
  readonly found: ReadonlySet<string> | null;
  readonly at: string | null;
  readonly acts: Acts;
}): ReactNode {
  const [sort, setSort] = useState<ColumnName>("Relations");
  const rows = useMemo(() => rowsOf(picture, sort), [picture, sort]);
  const isShown = ({ id }: { readonly id: string }): boolean => found === null || found.has(id);
  const labels = new Map(picture.nodes.map(({ id, label }) => [id, label]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys.
    <section className="graphTables" aria-label="Tables of the graph" tabIndex={0}>
      <table>
        <caption>Objects</caption>
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col" aria-sort={name === sort ? "ascending" : undefined}>
                <button type="button" className="sorter" onClick={() => setSort(name)}>
                  {name}
                  {name === sort ? " ↓" : ""}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.filter(isShown).map((row) => (
            <ObjectRow key={row.id} row={row} isAt={row.id === at} acts={acts} />
          ))}
        </tbody>
      </table>
      <table>
        <caption>Relations</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Relation</th>
            <th scope="col">To</th>
            <th scope="col">Kind</th>
          </tr>
        </thead>
        <tbody>
          {picture.edges.filter(isShown).map((edge) => (
            <tr key={edge.id} className={edge.id === at ? "on" : undefined}>
              <td>{labels.get(edge.source)}</td>
              <td>
                {edge.objectId === null ? (
                  edge.label
                ) : (
                  <button type="button" className="linkLike" onClick={() => acts.open(edge.id)}>
                    {edge.label}
                  </button>
                )}
              </td>
              <td>{labels.get(edge.target)}</td>
              <td>{kindOf(edge)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function rowsOf({ nodes, edges }: Picture, sort: ColumnName): readonly Row[] {
  const links = new Map<string, number>();
  for (const end of edges.flatMap(({ source, target }) => [source, target])) {
    links.set(end, (links.get(end) ?? 0) + 1);
  }
  const by = SORTS[sort];
  return nodes
    .map((node) => ({ ...node, links: links.get(node.id) ?? 0 }))
    .sort((first, second) => {
      const [a, b] = [by(first), by(second)];
      return a < b ? -1 : a > b ? 1 : 0;
    });
}

function ObjectRow({
  row: { id, type, label, view, members, links },
  isAt,
  acts,
}: {
  readonly row: Row;
  readonly isAt: boolean;
  readonly acts: Acts;
}): ReactNode {
  const canOpen = view !== null || members !== null;
  return (
    <tr className={isAt ? "on" : undefined}>
      <td>
        {canOpen ? (
          <button type="button" className="linkLike" onClick={() => acts.open(id)}>
            {view?.title ?? label}
          </button>
        ) : (
          label
        )}
      </td>
      <td className="typeCell">
        <TypeIcon type={type} /> {type}
      </td>
      <td className="number">{links}</td>
      <td>
        <Tlp level={view?.tlp ?? null} />
      </td>
      <td className="number">{view?.confidence ?? ""}</td>
      <td>{view?.source ?? ""}</td>
      <td>{view?.modified == null ? "" : <Time instant={view.modified} />}</td>
    </tr>
  );
}
