interface Pressed {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

const NAMED: Record<string, string> = {
  " ": "Space",
  ArrowUp: "Up",
  ArrowDown: "Down",
  ArrowLeft: "Left",
  ArrowRight: "Right",
  Home: "Home",
  End: "End",
  PageUp: "PageUp",
  PageDown: "PageDown",
  Insert: "Insert",
  Delete: "Delete",
};

/**
 * A pressed key as Electron names accelerators; null while only modifiers are held, and for a letter or figure
 * without one, which would be taken from every other programme.
 */
export const acceleratorOf = (event: Pressed): string | null => {
  const modifiers = [
    event.ctrlKey && "Control",
    event.metaKey && "Super",
    event.altKey && "Alt",
    event.shiftKey && "Shift",
  ].filter((name) => name !== false);
  const letter = /^(?:Key|Digit)([A-Z0-9])$/.exec(event.code)?.[1];
  const pad = /^Numpad([0-9])$/.exec(event.code)?.[1];
  if (pad !== undefined) return [...modifiers, `num${pad}`].join("+");
  if (/^F\d{1,2}$/.test(event.key)) return [...modifiers, event.key].join("+");
  const key = letter ?? NAMED[event.key];
  const strong = modifiers.some((name) => name !== "Shift");
  return key !== undefined && strong ? [...modifiers, key].join("+") : null;
};
