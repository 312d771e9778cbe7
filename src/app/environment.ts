/** The one place where the process environment is read. */

/** A copy of the environment as it is now. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...process.env };
}
