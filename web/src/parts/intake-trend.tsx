/** How many records came and how many were rejected, hour by hour; the figures are in the bars' names, too. */
import { Body1 } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { ReceiptPage } from "../api/ingestion-types.ts";
import type { ReceiptSummary } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { Answer, Nothing, Panel } from "./panel.tsx";

const HOURS = 24;
const HOUR_MS = 3_600_000;

/** The newest requests; on a busy day they reach less far back, which is said. */
const REQUESTS_MAX = 1_000;

interface Bar {
  readonly from: string;
  readonly accepted: number;
  readonly rejected: number;
}

/** The trend. */
export function IntakeTrend({ now }: { readonly now: number }): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const newest = useQuery({
    queryKey: ["requests", base, "trend"],
    queryFn: ({ signal }) =>
      call<ReceiptPage>(`${base}/requests?limit=${REQUESTS_MAX}`, { signal }),
  });
  return (
    <Panel
      title="Records in 24 hours"
      actions={
        <Link className="link" to="/w/$workspaceId/ingestion" params={{ workspaceId }} search={{}}>
          All requests
        </Link>
      }
    >
      <Answer of={newest}>
        {({ value, nextLink }) => <Bars receipts={value} isCut={nextLink !== null} now={now} />}
      </Answer>
    </Panel>
  );
}

function Bars({
  receipts,
  isCut,
  now,
}: {
  readonly receipts: readonly ReceiptSummary[];
  readonly isCut: boolean;
  readonly now: number;
}): ReactNode {
  const bars = barsOf(receipts, now);
  const most = Math.max(...bars.map(({ accepted, rejected }) => accepted + rejected));
  const sum = (of: (bar: Bar) => number): string =>
    bars.reduce((total, bar) => total + of(bar), 0).toLocaleString("en");
  if (most === 0) {
    return <Nothing command="npm run stixgate -- upload --help">Nothing was sent.</Nothing>;
  }
  const text = `${sum(({ accepted }) => accepted)} accepted, ${sum(({ rejected }) => rejected)} rejected`;
  return (
    <>
      <div className="trend" role="img" aria-label={`Hour by hour: ${text}`}>
        {bars.map(({ from, accepted, rejected }) => (
          <span
            key={from}
            title={`${from.slice(11, 16)} UTC: ${accepted} accepted, ${rejected} rejected`}
          >
            <i
              className="rejected"
              style={{ height: `${(rejected / most) * 100}%`, minHeight: rejected > 0 ? 4 : 0 }}
            />
            <i className="accepted" style={{ height: `${(accepted / most) * 100}%` }} />
          </span>
        ))}
      </div>
      <div className="trendEnds" aria-hidden>
        <span>{bars[0]?.from.slice(11, 16)} UTC</span>
        <span>now</span>
      </div>
      <Body1>
        {text}
        {isCut ? `; counted over the newest ${REQUESTS_MAX.toLocaleString("en")} requests` : ""}.
      </Body1>
    </>
  );
}

function barsOf(receipts: readonly ReceiptSummary[], now: number): readonly Bar[] {
  const first = Math.floor(now / HOUR_MS) - HOURS + 1;
  const hourOf = ({ receivedAt }: ReceiptSummary): number =>
    Math.floor(Date.parse(receivedAt) / HOUR_MS);
  return Array.from({ length: HOURS }, (_each, at) => {
    const own = receipts.filter((receipt) => hourOf(receipt) === first + at);
    return {
      from: new Date((first + at) * HOUR_MS).toISOString(),
      accepted: own.reduce((total, { counts }) => total + counts.accepted, 0),
      rejected: own.reduce((total, { counts }) => total + counts.rejected, 0),
    };
  });
}
