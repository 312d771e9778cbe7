/** How many records came and how many were rejected, hour by hour; the figures are in a table, too. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { HourFigures, Intake } from "../api/overview-types.ts";
import { Panel } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useWorkspace } from "../shell/session.tsx";

/** The trend. */
export function IntakeTrend({ intake }: { readonly intake: Intake }): ReactNode {
  const { workspaceId } = useWorkspace();
  const { day, hours, complete, since } = intake;
  const text = `${day.accepted.toLocaleString("en")} accepted, ${day.rejected.toLocaleString("en")} rejected, in ${day.requests.toLocaleString("en")} requests`;
  return (
    <Panel
      title="Records in 24 hours"
      actions={
        <Link className="link" to="/w/$workspaceId/ingestion" params={{ workspaceId }} search={{}}>
          All requests
        </Link>
      }
    >
      <Bars hours={hours} label={`Hour by hour: ${text}`} />
      <div className="trendEnds" aria-hidden>
        <span>{clock(hours[0])}</span>
        <span>{clock(hours[Math.floor(hours.length / 2)])}</span>
        <span>now</span>
      </div>
      <p className="legend">
        <span>
          <i className="accepted" aria-hidden /> accepted
        </span>
        <span>
          <i className="rejected" aria-hidden /> rejected
        </span>
        <span>
          {text}
          {complete ? "." : "; counted since "}
          {complete ? null : <Time instant={since} />}
        </span>
      </p>
    </Panel>
  );
}

function Bars({
  hours,
  label,
}: {
  readonly hours: readonly HourFigures[];
  readonly label: string;
}): ReactNode {
  const most = Math.max(1, ...hours.map(({ accepted, rejected }) => accepted + rejected));
  return (
    <div className="trend" role="img" aria-label={label}>
      {hours.map((hour) => (
        <span
          key={hour.from}
          title={`${clock(hour)}: ${hour.accepted} accepted, ${hour.rejected} rejected, ${hour.throttled} requests throttled`}
        >
          <i
            className="rejected"
            style={{
              height: `${(hour.rejected / most) * 100}%`,
              minHeight: hour.rejected > 0 ? 4 : 0,
            }}
          />
          <i className="accepted" style={{ height: `${(hour.accepted / most) * 100}%` }} />
        </span>
      ))}
    </div>
  );
}

function clock(hour: HourFigures | undefined): string {
  return hour === undefined
    ? ""
    : new Date(hour.from).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
