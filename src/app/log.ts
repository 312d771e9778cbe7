/**
 * The server's log, always on standard error: JSON lines for machines, or one readable line an event for a
 * person who watches a terminal. Nothing here ever receives a header, a token, a secret or a body.
 */

import { Writable } from "node:stream";
import pino, { type Logger } from "pino";

export interface LogOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly format: "json" | "text";
  readonly stream: NodeJS.WritableStream;
}

/** Makes the log. */
export function createLog(options: LogOptions): Logger {
  const settings: pino.LoggerOptions = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  return pino(settings, options.format === "json" ? options.stream : textStream(options.stream));
}

/** Fields that belong to the head of the line, or that somebody with one workspace knows by heart. */
const QUIET_FIELDS: ReadonlySet<string> = new Set(
  ["level", "time", "msg", "method", "remote"].concat(["tenantId", "workspaceId", "appId"]),
);

function textStream(out: NodeJS.WritableStream): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      out.write(textLine(chunk.toString("utf8")));
      done();
    },
  });
}

/** One readable line of a JSON line: time, level where it matters, message, facts. */
function textLine(line: string): string {
  const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const time = String(entry["time"]).slice(11, 19);
  const level = entry["level"] === "info" ? "" : ` ${String(entry["level"]).toUpperCase()}`;
  const facts = Object.entries(entry)
    .filter(([name]) => !QUIET_FIELDS.has(name))
    .map(([name, value]) => `${name}=${factText(value)}`);
  return `${[`${time}${level}`, String(entry["msg"]), ...facts].join("  ")}\n`;
}

function factText(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    const { message } = value as { message?: unknown };
    return typeof message === "string" ? JSON.stringify(message) : JSON.stringify(value);
  }
  return typeof value === "string" && /\s/.test(value) ? JSON.stringify(value) : String(value);
}
