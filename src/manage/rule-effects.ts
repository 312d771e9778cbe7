/**
 * What ingestion rules did lately, as receipts tell it: a remark beside each record that a rule has changed, and a note
 * for each that it has dropped. Nothing else is kept of it, so nothing is counted while records arrive.
 */
import type { Receipt, ReceiptSummary } from "../wire/index.ts";
import type { ManageParts } from "./context.ts";

/** What one rule did. */
export interface RuleEffect {
  readonly name: string;
  /** Records that it has changed. */
  readonly changed: number;
  /** Records that it has dropped. */
  readonly dropped: number;
  /** Records that it would have made invalid, and so has left alone. */
  readonly leftOut: number;
  /** When it last did something; null: not among the requests that were looked at. */
  readonly lastAt: string | null;
  /** The newest records that it touched. */
  readonly examples: readonly {
    readonly requestId: string;
    readonly stixId: string | null;
    readonly what: string;
  }[];
}

/** What rules did since an instant. */
export interface RuleEffects {
  /** When the oldest request that was looked at came; null: none came. */
  readonly since: string | null;
  readonly requests: number;
  readonly rules: readonly RuleEffect[];
}

/** Summaries are cheap; of them only those that can tell of rules are read in full. */
const REQUESTS_MAX = 200;
const RECEIPTS_MAX = 50;
const EXAMPLES_MAX = 5;

interface Touch {
  readonly at: string;
  readonly requestId: string;
  readonly stixId: string | null;
  readonly message: string;
}

/** Looks through the newest requests. @param names of the rules, in their order */
export async function ruleEffects(
  { store }: Pick<ManageParts, "store">,
  workspaceId: string,
  names: readonly string[],
): Promise<RuleEffects> {
  const { items } = await store.receipts({ workspaceId, limit: REQUESTS_MAX });
  const telling = items.filter(mayTell).slice(0, RECEIPTS_MAX);
  const receipts = await Promise.all(
    telling.map(({ requestId }) => store.receipt(workspaceId, requestId)),
  );
  const touches = receipts.flatMap((receipt) => (receipt === undefined ? [] : touchesIn(receipt)));
  const last = telling.length === RECEIPTS_MAX ? telling.at(-1) : items.at(-1);
  return {
    since: last?.receivedAt ?? null,
    requests: last === undefined ? 0 : items.indexOf(last) + 1,
    rules: names.map((name) => effectOf(name, touches)),
  };
}

/** Whether a receipt may hold a remark or a note of a rule: something was warned of, or is missing. */
function mayTell({ counts: { received, accepted, rejected, warned } }: ReceiptSummary): boolean {
  return warned > 0 || accepted + rejected < received;
}

function touchesIn({ receivedAt: at, requestId, warnings, notes }: Receipt): readonly Touch[] {
  const of = (message: string, stixId: string | null): Touch => ({
    at,
    requestId,
    stixId,
    message,
  });
  return [
    ...warnings.flatMap(({ stixId, warnings: findings }) =>
      findings
        .filter(({ message }) => message.startsWith(beginningOf("")))
        .map(({ message }) => of(message, stixId)),
    ),
    ...notes.map((note) => of(note, /record \d+, (\S+)\.$/.exec(note)?.[1] ?? null)),
  ];
}

/** How a remark about a rule begins; without a name, one about any rule. */
function beginningOf(name: string): string {
  return name === "" ? 'The ingestion rule "' : `The ingestion rule "${name}" `;
}

function effectOf(name: string, touches: readonly Touch[]): RuleEffect {
  const beginning = beginningOf(name);
  const own = touches
    .filter(({ message }) => message.startsWith(beginning))
    .map((touch) => ({ ...touch, what: touch.message.slice(beginning.length) }));
  const count = (word: string): number => own.filter(({ what }) => what.startsWith(word)).length;
  return {
    name,
    changed: count("changed "),
    dropped: count("dropped "),
    leftOut: count("would have made "),
    lastAt: own[0]?.at ?? null,
    examples: own
      .slice(0, EXAMPLES_MAX)
      .map(({ requestId, stixId, what }) => ({ requestId, stixId, what })),
  };
}
