import { useState } from "react";

export type Theme = "system" | "light" | "dark";
const KEY = "footlight.theme";
const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

const stored = (): Theme => {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : "system";
};

/** The theme and the step to the next one. `public/theme.js` applies it before the first paint. */
export const useTheme = (): [Theme, () => void] => {
  const [theme, setTheme] = useState(stored);
  const next = () => {
    const chosen = NEXT[theme];
    setTheme(chosen);
    if (chosen === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = chosen;
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // Storage is blocked: it lasts until the page is left.
    }
  };
  return [theme, next];
};
