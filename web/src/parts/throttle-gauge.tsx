/** How much of its limit an application has used in this minute, and when it may go on. */
import type { ReactNode } from "react";
import type { ThrottleGauge } from "../api/ingestion-types.ts";
import "./intake.css";

/** The gauge. */
export function Gauge({
  name,
  gauge,
}: {
  readonly name: string;
  readonly gauge: ThrottleGauge | null;
}): ReactNode {
  if (gauge === null) {
    return <span className="quiet">not throttled here</span>;
  }
  const { limit, used, resetsInSeconds } = gauge;
  const isFull = used >= limit;
  return (
    <div className={isFull ? "gauge full" : "gauge"}>
      <meter
        aria-label={`Requests of ${name} in this minute`}
        min={0}
        max={limit}
        high={Math.floor(limit * 0.9)}
        value={Math.min(used, limit)}
      />
      <span>
        {used.toLocaleString("en")} of {limit.toLocaleString("en")} a minute
        {used === 0
          ? ""
          : isFull
            ? `: throttled, may go on in ${resetsInSeconds} s`
            : `, begins anew in ${resetsInSeconds} s`}
      </span>
    </div>
  );
}
