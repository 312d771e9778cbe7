/** Light, dark or high contrast: as the system says, until somebody chooses. */
import {
  FluentProvider,
  type Theme,
  teamsHighContrastTheme,
  webDarkTheme,
  webLightTheme,
} from "@fluentui/react-components";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

/** What somebody can choose. */
export type ThemeChoice = "system" | "light" | "dark" | "contrast";

const THEMES: Readonly<Record<Exclude<ThemeChoice, "system">, Theme>> = {
  light: webLightTheme,
  dark: webDarkTheme,
  contrast: teamsHighContrastTheme,
};

const STORED = "stixgate.theme";
const DARK = "(prefers-color-scheme: dark)";
const CONTRAST = "(forced-colors: active)";

interface ThemeState {
  readonly choice: ThemeChoice;
  readonly choose: (choice: ThemeChoice) => void;
  readonly isDark: boolean;
}

const ThemeContext = createContext<ThemeState>({
  choice: "system",
  choose: () => undefined,
  isDark: false,
});

/** What is chosen, and the way to choose. */
export function useTheme(): ThemeState {
  return useContext(ThemeContext);
}

/** Gives the page its theme. */
export function ThemeProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [choice, setChoice] = useState<ThemeChoice>(storedChoice);
  const dark = useMedia(DARK);
  const contrast = useMedia(CONTRAST);
  const name = choice === "system" ? (contrast ? "contrast" : dark ? "dark" : "light") : choice;
  useEffect(() => {
    document.documentElement.style.colorScheme = name === "light" ? "light" : "dark";
    // Chips choose their colours by it.
    document.documentElement.dataset["theme"] = name;
  }, [name]);
  const state = useMemo<ThemeState>(
    () => ({
      choice,
      isDark: name !== "light",
      choose(next) {
        localStorage.setItem(STORED, next);
        setChoice(next);
      },
    }),
    [choice, name],
  );
  return (
    <ThemeContext.Provider value={state}>
      <FluentProvider theme={THEMES[name]} className="page">
        {children}
      </FluentProvider>
    </ThemeContext.Provider>
  );
}

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(STORED);
  return stored === "light" || stored === "dark" || stored === "contrast" ? stored : "system";
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const follow = (): void => setMatches(media.matches);
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, [query]);
  return matches;
}
