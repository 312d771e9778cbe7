/** Advice of the standard (SHOULD) about the form of single strings. */

import { isFlowElement } from "./flow-elements.ts";
import type { AdviceName, KeyAdvice } from "./kinds.ts";
import { isMediaType, isRegisteredMediaType } from "./media-types.ts";
import type { RuleId } from "./rules-table.ts";
import { isServiceName } from "./service-names.ts";

/** A piece of advice: its test, what a string should be, and the rule it belongs to. */
export interface Advice {
  readonly test: (text: string) => boolean;
  /** Continues the sentence "Expected …". */
  readonly expected: string;
  readonly rule: RuleId;
}

/** Longest text that advice is given about: beyond it the advice would not be read either. */
const ADVISED_LENGTH_MAX = 1_000;

/** ISO 3166-1 alpha-2, assigned codes. */
const COUNTRIES: ReadonlySet<string> = new Set(
  (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS " +
    "BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE " +
    "EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM " +
    "HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC " +
    "LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA " +
    "NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO " +
    "TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
  ).split(" "),
);

function isTerm(text: string): boolean {
  return /^[^A-Z _]*$/.test(text);
}

/** Every piece of advice by its name. */
export const ADVICE: Readonly<Record<AdviceName, Advice>> = {
  country: {
    test: (text) => COUNTRIES.has(text.toUpperCase()),
    expected: "a two-letter country code of ISO 3166-1",
    rule: "object.should",
  },
  "country-area": {
    test: (text) => /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(text),
    expected: "a subdivision code of ISO 3166-2",
    rule: "object.should",
  },
  "lower-case": {
    test: (text) => text === text.toLowerCase(),
    expected: "lower case",
    rule: "object.should",
  },
  "media-type": {
    // What is no media type at all has an error of its own.
    test: (text) => !isMediaType(text) || isRegisteredMediaType(text),
    expected: "a media type of the IANA registry",
    rule: "object.should",
  },
  product: {
    test: (text) => /^[a-z0-9-]+$/.test(text),
    expected: "lower-case letters, digits and hyphens",
    rule: "object.should",
  },
  "semantic-version": {
    test: (text) => /^\d+\.\d+\.\d+(?:[-+].*)?$/.test(text),
    expected: "a semantic version such as 1.0.0",
    rule: "object.should",
  },
  "service-name": {
    test: isServiceName,
    expected: "the name of a service of the IANA registry, in lower case",
    rule: "object.should",
  },
  term: { test: isTerm, expected: "lower case with hyphens", rule: "kcp.style" },
  "window-class": {
    test: (text) => text.endsWith("_CLASS"),
    expected: "a Windows priority class such as HIGH_PRIORITY_CLASS",
    rule: "object.should",
  },
};

/** Whether a text follows the advice; long texts are not looked at. */
export function followsAdvice(advice: Advice, text: string): boolean {
  return text.length > ADVISED_LENGTH_MAX || advice.test(text);
}

const PDF_INFO: ReadonlySet<string> = new Set(
  "Title Author Subject Keywords Creator Producer CreationDate ModDate Trapped".split(" "),
);

/** Members of the STARTUPINFO structure of Windows. */
const STARTUP_INFO: ReadonlySet<string> = new Set(
  (
    "cb lpReserved lpDesktop lpTitle dwX dwY dwXSize dwYSize dwXCountChars dwYCountChars " +
    "dwFillAttribute dwFlags wShowWindow cbReserved2 lpReserved2 hStdInput hStdOutput hStdError"
  ).split(" "),
);

const SOCKET_OPTION = /^(?:SO|IP|IPV6|ICMP\w{0,8}|MCAST|TCP|IRLMP)_/;

/** Tests of keys, and what a key should be. */
export const KEY_ADVICE: Readonly<
  Record<KeyAdvice, readonly [test: (key: string) => boolean, expected: string]>
> = {
  "flow-element": [isFlowElement, "an information element of IPFIX in its case"],
  "pdf-info": [(key) => PDF_INFO.has(key), "a key of the document information dictionary of PDF"],
  "socket-option": [(key) => SOCKET_OPTION.test(key), "a socket option such as SO_REUSEADDR"],
  "startup-info": [(key) => STARTUP_INFO.has(key), "a member of STARTUPINFO"],
};
