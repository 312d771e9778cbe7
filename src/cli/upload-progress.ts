/**
 * Shows how far an upload is: one line that is drawn over on a terminal, and now and then a plain line
 * elsewhere. Written by hand, because the progress bar of the prompt library takes over standard input,
 * which may be the feed.
 */
import type { ClientNotice, UploadProgress } from "../client/index.ts";

/** What is shown to people while an upload runs. */
export interface ProgressView {
  show(progress: UploadProgress): void;
  /** Says why requests wait. */
  notice(notice: ClientNotice): void;
  /** Takes the line away; what is written next stands alone. */
  end(): void;
}

/** A stream that may be a terminal. */
export type ProgressStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

export interface ProgressOptions {
  readonly stream: ProgressStream;
  /** How much of the inputs is read, 0-1; undefined while that cannot be known. */
  readonly fraction: () => number | undefined;
  /** For a terminal that cannot move its cursor. */
  readonly dumb: boolean;
}

/** Ten times a second is smooth enough and costs nothing. */
const DRAW_INTERVAL_MS = 100;
/** Plain lines end up in logs of cron and CI. */
const PLAIN_INTERVAL_MS = 10_000;
/** Shorter waits are over before they are read. */
const NOTICE_MIN_MS = 2_000;
const BAR_WIDTH = 20;
const COLUMNS_DEFAULT = 80;

/** Makes the view that fits the stream. */
export function createProgressView(options: ProgressOptions): ProgressView {
  return options.stream.isTTY && !options.dumb ? terminalView(options) : plainView(options);
}

function terminalView({ stream, fraction }: ProgressOptions): ProgressView {
  let latest: UploadProgress = { read: 0, accepted: 0, rejected: 0, resumed: 0, requests: 0 };
  let waiting = { untilMs: 0, why: "" };
  const draw = (): void => {
    const leftMs = waiting.untilMs - Date.now();
    const wait = leftMs > 0 ? ` · ${waiting.why}, ${Math.ceil(leftMs / 1000)} s` : "";
    const line = `${barOf(latest, fraction())}${figuresOf(latest)}${wait}`;
    const width = (stream.columns ?? COLUMNS_DEFAULT) - 1;
    stream.write(`\r\u001b[2K${line.slice(0, width)}`);
  };
  const timer = setInterval(draw, DRAW_INTERVAL_MS);
  // An upload that ended by an exception must not be kept alive by its drawing.
  timer.unref();
  draw();
  return {
    show: (progress) => {
      latest = progress;
      waiting = { untilMs: 0, why: "" };
    },
    notice: (notice) => {
      waiting = { untilMs: Date.now() + notice.waitMs, why: wordsOf(notice) };
    },
    end: () => {
      clearInterval(timer);
      stream.write("\r\u001b[2K");
    },
  };
}

function plainView({ stream }: ProgressOptions): ProgressView {
  let shownAtMs = Date.now();
  /** Requests that wait side by side for the same reason are one piece of news. */
  let told = { kind: "", untilMs: 0 };
  return {
    show: (progress) => {
      if (Date.now() - shownAtMs >= PLAIN_INTERVAL_MS) {
        shownAtMs = Date.now();
        stream.write(`${figuresOf(progress)}\n`);
      }
    },
    notice: (notice) => {
      const untilMs = Date.now() + notice.waitMs;
      const isNews = notice.kind !== told.kind || untilMs > told.untilMs + NOTICE_MIN_MS;
      if (notice.waitMs >= NOTICE_MIN_MS && isNews) {
        told = { kind: notice.kind, untilMs };
        const seconds = Math.ceil(notice.waitMs / 1000);
        stream.write(`${wordsOf(notice)}, waiting ${seconds} s: ${notice.reason}\n`);
      }
    },
    end: () => {},
  };
}

/** The bar counts what is acknowledged, not what is read ahead; without a known end there is none. */
function barOf(progress: UploadProgress, fraction: number | undefined): string {
  if (fraction === undefined || progress.read === 0) {
    return "";
  }
  const share = fraction * ((progress.accepted + progress.rejected) / progress.read);
  const filled = Math.round(Math.min(1, share) * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)}%  `;
}

function figuresOf({ accepted, rejected, requests }: UploadProgress): string {
  return `${numberOf(accepted)} accepted, ${numberOf(rejected)} rejected, ${countOf(requests, "request")}`;
}

function wordsOf({ kind, reason }: ClientNotice): string {
  const words: Readonly<Record<ClientNotice["kind"], string>> = {
    paced: "keeping to the limit",
    throttled: "throttled by the service",
    retry: `trying again (${reason})`,
    token_renewed: "new token",
  };
  return words[kind];
}

/** A number with its thousands apart, the same in every locale. */
export function numberOf(value: number): string {
  return value.toLocaleString("en-US");
}

/** A count with its noun, in the plural where it belongs. */
export function countOf(count: number, noun: string): string {
  return `${numberOf(count)} ${noun}${count === 1 ? "" : "s"}`;
}
