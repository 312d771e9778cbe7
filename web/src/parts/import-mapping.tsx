/** The columns of a table with its first rows: which property each column holds. */
import { type ReactNode, useId } from "react";
import { CSV_PROPERTIES, type Mapping } from "./csv-preview.ts";
import { TableScroll } from "./panel.tsx";

/** The columns. */
export function ImportMapping({
  name,
  rows: [heading = [], ...rows],
  mapping,
  isRemembered,
  onMapping,
}: {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
  readonly mapping: Mapping;
  readonly isRemembered: boolean;
  readonly onMapping: (mapping: Mapping) => void;
}): ReactNode {
  const id = useId();
  const choose = (column: string, property: string): void => {
    const rest = Object.entries(mapping).filter(
      ([each, held]) => each !== property && held !== column,
    );
    onMapping(Object.fromEntries(property === "" ? rest : [...rest, [property, column]]));
  };
  const isEnough = mapping["pattern"] !== undefined || mapping["value"] !== undefined;
  return (
    <section className="stack tight" aria-labelledby={id}>
      <h3 id={id} className="breaks">
        Columns of {name}
      </h3>
      <p className="hint">
        Say what each column holds. A table needs a pattern, or a value; what kind of value it is
        can stand in a column of its own (observable_type), or is told by its form.
        {isRemembered ? " The columns are as you chose them last time for this heading." : ""}
      </p>
      {isEnough ? null : (
        <p role="alert" className="fault">
          No column holds a pattern or a value yet.
        </p>
      )}
      <TableScroll label={`First rows of ${name}`}>
        <thead>
          <tr>
            {heading.map((column, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name.
              <th key={at} scope="col">
                <label className="label">
                  {column === "" ? `column ${at + 1}` : column}
                  <select
                    className="picker"
                    value={propertyOf(mapping, column)}
                    disabled={column === ""}
                    onChange={({ target }) => choose(column, target.value)}
                  >
                    <option value="">not used</option>
                    {CSV_PROPERTIES.map(([property]) => (
                      <option key={property} value={property}>
                        {property}
                      </option>
                    ))}
                  </select>
                </label>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows and cells have no identity but their place.
            <tr key={at}>
              {row.map((cell, place) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: rows and cells have no identity but their place.
                  key={place}
                  className={
                    propertyOf(mapping, heading[place] ?? "") === ""
                      ? "mono breaks quiet"
                      : "mono breaks"
                  }
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </TableScroll>
    </section>
  );
}

function propertyOf(mapping: Mapping, column: string): string {
  return Object.entries(mapping).find(([, held]) => held === column)?.[0] ?? "";
}
