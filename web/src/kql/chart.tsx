/** A chart of an answer. Texts of the data are drawn on a canvas, never put into the document as markup. */
import { BarChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
  TooltipComponent,
} from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { type ReactNode, useEffect, useRef } from "react";
import { useTheme } from "../shell/theme.tsx";
import type { ChartData } from "./chart-data.ts";

use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  DataZoomComponent,
  GridComponent,
  LabelLayout,
  LegendComponent,
  LineChart,
  PieChart,
  ScatterChart,
  TitleComponent,
  TooltipComponent,
]);

/** Tells neighbours apart in both themes, for the colour-blind as well. */
const PALETTE = [
  "#637cef",
  "#e3008c",
  "#2aa0a4",
  "#9373c0",
  "#13a10e",
  "#3a96dd",
  "#ca5010",
  "#57811b",
  "#b146c2",
  "#ae8c00",
];

/** With more points their marks hide the line. */
const SYMBOLS_MAX = 40;
/** Above so many points a line is thinned out for the eye. */
const SAMPLED_POINTS_MIN = 2_000;

/** The chart. */
export function Chart({ data }: { readonly data: ChartData }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const { choice, isDark } = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme means other colours of the same names.
  useEffect(() => {
    const element = place.current;
    if (element === null || data.kind === "card") {
      return;
    }
    const chart = init(element);
    chart.setOption(optionsOf(data, element) as EChartsCoreOption);
    const sizes = new ResizeObserver(() => chart.resize());
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      chart.dispose();
    };
  }, [data, choice, isDark]);
  if (data.kind === "card") {
    return <Cards data={data} />;
  }
  return (
    <div className="chart" role="img" aria-label={describe(data)}>
      <div ref={place} className="chartCanvas" aria-hidden />
    </div>
  );
}

function Cards({ data }: { readonly data: ChartData }): ReactNode {
  return (
    <div className="cards">
      {data.series.map(({ name, points }) => (
        <div key={name}>
          <div className="figure">{points.at(-1)?.[1]?.toLocaleString("en") ?? "–"}</div>
          <div>{name}</div>
        </div>
      ))}
    </div>
  );
}

function describe({ kind, series, xTitle }: ChartData): string {
  const names = series.map(({ name }) => name).join(", ");
  return `Chart (${kind}) of ${names} by ${xTitle}. The table has the same figures.`;
}

function optionsOf(data: ChartData, element: HTMLElement): object {
  const colour = (name: string): string => getComputedStyle(element).getPropertyValue(name).trim();
  const words = { color: colour("--colorNeutralForeground1") };
  const line = { lineStyle: { color: colour("--colorNeutralStroke2") } };
  const shared = {
    color: PALETTE,
    animation: false,
    textStyle: { fontFamily: getComputedStyle(element).fontFamily, ...words },
    ...(data.title === "" ? {} : { title: { text: data.title, left: "center", textStyle: words } }),
    legend: {
      type: "scroll",
      bottom: 0,
      textStyle: words,
      pageTextStyle: words,
      show: data.kind === "pie" || data.series.length > 1,
    },
    aria: { enabled: false, decal: { show: data.series.length > 1 && data.kind !== "line" } },
    tooltip: {
      trigger: ["pie", "scatter"].includes(data.kind) ? "item" : "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: colour("--colorNeutralBackground1"),
      borderColor: colour("--colorNeutralStroke1"),
      textStyle: words,
    },
  };
  if (data.kind === "pie") {
    return { ...shared, series: [pieOf(data, words)] };
  }
  const axes = { x: xAxisOf(data, words, line), y: yAxisOf(data, words, line) };
  const isTurned = data.kind === "bar";
  return {
    ...shared,
    grid: { left: 12, right: 24, top: 40, bottom: 48, containLabel: true },
    xAxis: isTurned ? axes.y : axes.x,
    yAxis: isTurned ? { ...axes.x, inverse: true } : axes.y,
    ...(data.xIsTime && !isTurned ? { dataZoom: [{ type: "inside" }] } : {}),
    series: seriesOf(data),
  };
}

function pieOf({ series }: ChartData, words: object): object {
  const points = series.flatMap(({ points: each, name }) =>
    each.map(([x, y]) => ({ name: series.length > 1 ? name : String(x), value: y })),
  );
  return {
    type: "pie",
    radius: ["0%", "64%"],
    center: ["50%", "46%"],
    data: points,
    label: { ...words, width: 160, overflow: "truncate" },
  };
}

function xAxisOf(data: ChartData, words: object, line: object): object {
  const { xIsTime, xIsNumber, kind, categories, xTitle } = data;
  const isContinuous = !["column", "bar"].includes(kind);
  const shared = {
    name: xTitle,
    nameLocation: "middle",
    nameGap: kind === "bar" ? 90 : 28,
    nameTextStyle: kind === "bar" ? { ...words, opacity: 0 } : words,
    axisLine: line,
    axisLabel: { ...words, hideOverlap: true },
  };
  if (isContinuous && xIsTime) {
    return { ...shared, type: "time" };
  }
  if (isContinuous && xIsNumber) {
    return { ...shared, type: "value", scale: true, splitLine: { show: false } };
  }
  const text = (at: string): string => (xIsTime ? instantText(Number(at)) : at);
  return {
    ...shared,
    type: "category",
    data: categories.map(text),
    axisLabel: { ...shared.axisLabel, width: 160, overflow: "truncate" },
  };
}

/** A midnight is a day; anything else has its minute. */
function instantText(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}

function yAxisOf({ yTitle, stack }: ChartData, words: object, line: object): object {
  return {
    type: "value",
    name: yTitle,
    nameTextStyle: words,
    axisLabel: { ...words, ...(stack === "stacked100" ? { formatter: "{value} %" } : {}) },
    splitLine: line,
    ...(stack === "stacked100" ? { max: 100 } : {}),
  };
}

function seriesOf(data: ChartData): readonly object[] {
  const { kind, stack, series, categories, xIsTime, xIsNumber } = data;
  const isBar = kind === "column" || kind === "bar";
  const totals = new Map<string, number>();
  for (const [x, y] of series.flatMap(({ points }) => points)) {
    totals.set(String(x), (totals.get(String(x)) ?? 0) + (y ?? 0));
  }
  const share = (x: string | number, y: number | null): number | null =>
    stack === "stacked100" && y !== null ? (100 * y) / (totals.get(String(x)) || 1) : y;
  return series.map(({ name, points }) => ({
    name,
    type: kind === "scatter" ? "scatter" : isBar ? "bar" : "line",
    data:
      isBar || !(xIsTime || xIsNumber)
        ? inOrder(points, categories, share)
        : points.map(([x, y]) => [x, share(x, y)]),
    ...(stack === "none" ? {} : { stack: "all" }),
    ...looksOf(kind, points.length),
  }));
}

function looksOf(kind: ChartData["kind"], points: number): object {
  if (kind === "column" || kind === "bar" || kind === "scatter") {
    return { barMaxWidth: 48 };
  }
  return {
    showSymbol: points < SYMBOLS_MAX,
    connectNulls: false,
    ...(kind === "line" ? {} : { areaStyle: { opacity: 0.35 } }),
    ...(points > SAMPLED_POINTS_MIN && kind === "line" ? { sampling: "lttb" } : {}),
  };
}

function inOrder(
  points: ChartData["series"][number]["points"],
  categories: readonly string[],
  share: (x: string | number, y: number | null) => number | null,
): readonly (number | null)[] {
  const byX = new Map(points.map(([x, y]) => [String(x), share(x, y)]));
  return categories.map((x) => byX.get(x) ?? null);
}
