/**
 * The kinds of value a setting can have: how each is read from text (environment, flags) and from JSON
 * (the settings file), and how the reference page describes it.
 */

/** Reads one raw value. @throws Error whose message completes the sentence "NAME …", such as "must be …" */
export interface SettingKind<T> {
  /** Shown in the reference, such as `1 to 65535` or `"empty" or "errors"`. */
  readonly describe: string;
  readonly read: (raw: unknown) => T;
}

/** A whole number within bounds; text is accepted when it spells one. */
export function integer(min: number, max: number): SettingKind<number> {
  return {
    describe: `${min} to ${max}`,
    read: (raw) => {
      const value = typeof raw === "string" && /^-?\d{1,16}$/.test(raw.trim()) ? Number(raw) : raw;
      if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
        throw new Error(`must be a whole number from ${min} to ${max}`);
      }
      return value;
    },
  };
}

/** A port number, or `off` (null). */
export const portOrOff: SettingKind<number | null> = {
  describe: '0 to 65535 (0: any free port), or "off"',
  read: (raw) => {
    if (raw === null || (typeof raw === "string" && raw.trim().toLowerCase() === "off")) {
      return null;
    }
    try {
      return integer(0, 65_535).read(raw);
    } catch (cause) {
      throw new Error('must be a port from 0 to 65535, or "off"', { cause });
    }
  },
};

/** A truth value; text is accepted as true, false, on, off, 1 or 0. */
export const flag: SettingKind<boolean> = {
  describe: "true or false",
  read: (raw) => {
    const word = typeof raw === "string" ? raw.trim().toLowerCase() : raw;
    if (word === true || word === "true" || word === "on" || word === "1") {
      return true;
    }
    if (word === false || word === "false" || word === "off" || word === "0") {
      return false;
    }
    throw new Error("must be true or false");
  },
};

/** One of a few words. */
export function choice<const T extends string>(...words: readonly T[]): SettingKind<T> {
  return {
    describe: words.map((word) => `"${word}"`).join(", "),
    read: (raw) => {
      const text = typeof raw === "number" ? String(raw) : raw;
      const found = words.find((word) => word === text);
      if (found === undefined) {
        throw new Error(`must be one of ${words.join(", ")}`);
      }
      return found;
    },
  };
}

/** Free text of bounded length; may be empty, which stands for "not set". */
export function text(lengthMax = 4096): SettingKind<string> {
  return {
    describe: "text",
    read: (raw) => {
      if (typeof raw !== "string" || raw.length > lengthMax) {
        throw new Error(`must be text of at most ${lengthMax} characters`);
      }
      return raw;
    },
  };
}

/** An absolute https URL without path, query or trailing slash; empty stands for "derive it". */
export const originUrl: SettingKind<string> = {
  describe: "an https origin such as https://ti.example.org, or empty",
  read: (raw) => {
    if (raw === "") {
      return "";
    }
    const url = typeof raw === "string" && URL.canParse(raw) ? new URL(raw) : undefined;
    if (
      url === undefined ||
      url.protocol !== "https:" ||
      url.pathname !== "/" ||
      url.search !== ""
    ) {
      throw new Error("must be an https URL without a path, such as https://ti.example.org");
    }
    return url.origin;
  },
};

/** A list of words; text is split at commas. */
export function listOfText(itemsMax = 1000): SettingKind<readonly string[]> {
  return {
    describe: "a list (in text: separated by commas)",
    read: (raw) => {
      const items = typeof raw === "string" ? raw.split(",").map((item) => item.trim()) : raw;
      if (!Array.isArray(items) || !items.every((item) => typeof item === "string")) {
        throw new Error("must be a list of texts");
      }
      const kept = items.filter((item) => item !== "");
      if (kept.length > itemsMax) {
        throw new Error(`must have at most ${itemsMax} items`);
      }
      return kept;
    },
  };
}

/** Which names a map may have, and what is said of others. */
export interface KnownNames {
  readonly known: (name: string) => boolean;
  readonly missing: string;
}

/** An object from names to values of one kind; text is read as JSON. */
export function mapOf<T>(
  value: SettingKind<T>,
  names?: KnownNames,
): SettingKind<Readonly<Record<string, T>>> {
  return {
    describe: `an object from names to ${value.describe} (in text: JSON)`,
    read: (raw) => {
      const parsed = parseObject(raw);
      return Object.fromEntries(
        Object.entries(parsed).map(([key, entry]) => {
          if (names !== undefined && !names.known(key)) {
            throw new Error(`entry "${key}" ${names.missing}`);
          }
          try {
            return [key, value.read(entry)];
          } catch (cause) {
            throw new Error(`entry "${key}" ${(cause as Error).message}`, { cause });
          }
        }),
      );
    },
  };
}

/** Limits of one application that differ from the general ones. */
export interface ApplicationLimits {
  readonly requestsPerMinute?: number;
  readonly objectsPerRequest?: number;
}

/** One application's entry of `throttle.applications`. */
export const applicationLimits: SettingKind<ApplicationLimits> = {
  describe: "{requestsPerMinute, objectsPerRequest}",
  read: (raw) => {
    const parsed = parseObject(raw);
    const known = ["requestsPerMinute", "objectsPerRequest"] as const;
    const unknown = Object.keys(parsed).find((key) => !known.some((name) => name === key));
    if (unknown !== undefined) {
      throw new Error(`has an unknown field "${unknown}"; known are ${known.join(", ")}`);
    }
    return Object.fromEntries(
      Object.entries(parsed).map(([key, value]) => [key, integer(1, 1_000_000).read(value)]),
    );
  },
};

function parseObject(raw: unknown): Record<string, unknown> {
  let value = raw;
  if (typeof raw === "string") {
    try {
      value = raw.trim() === "" ? {} : JSON.parse(raw);
    } catch (cause) {
      throw new Error("must be a JSON object", { cause });
    }
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("must be an object");
  }
  return value as Record<string, unknown>;
}
