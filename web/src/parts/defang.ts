/** How values are written now: as they are, or disarmed, as the display menu says. */
import { useDisplay } from "../shell/display.ts";
import { defang } from "./defang-text.ts";

/** The way values are written now: as they are, or disarmed. */
export function useShown(): (text: string) => string {
  return useDisplay().defang ? defang : asItIs;
}

function asItIs(text: string): string {
  return text;
}
