/** What a key does in the player. */
export type PlayerCommand =
  | "toggle"
  | "mute"
  | "fullscreen"
  | "theatre"
  | "pip"
  | "statistics"
  | "louder"
  | "softer"
  | "back-5"
  | "forward-5"
  | "back-10"
  | "forward-10"
  | "start"
  | "live";

const KEYS: Record<string, PlayerCommand> = {
  " ": "toggle",
  k: "toggle",
  m: "mute",
  f: "fullscreen",
  t: "theatre",
  i: "pip",
  s: "statistics",
  ArrowUp: "louder",
  ArrowDown: "softer",
  ArrowLeft: "back-5",
  ArrowRight: "forward-5",
  j: "back-10",
  l: "forward-10",
  Home: "start",
  End: "live",
};

/** Named for the help text, in its order. */
export const SHORTCUTS: readonly [keys: string, does: string][] = [
  ["Space or K", "Play, pause"],
  ["M", "Mute"],
  ["↑ ↓", "Volume"],
  ["← →", "Back, forward 5 seconds"],
  ["J L", "Back, forward 10 seconds"],
  ["F", "Full screen"],
  ["T", "Theatre"],
  ["I", "Picture in picture"],
  ["S", "Statistics"],
  ["Home", "As far back as it goes"],
  ["End", "Back to live"],
];

interface KeyFacts {
  key: string;
  modified: boolean;
  /** Lower-case tag name and role of what has the focus. */
  tag: string;
  role: string | null;
  editable: boolean;
  /** The focus is inside the player (then also arrows and space are its). */
  inPlayer: boolean;
}

const TYPED = new Set(["input", "textarea", "select"]);
const OWN_KEYS = new Set(["menu", "menuitem", "menuitemradio", "tab", "dialog"]);

/** Letters work anywhere on the page that is not typed into; what scrolls or presses only inside the player. */
export const commandFor = (facts: KeyFacts): PlayerCommand | null => {
  if (facts.modified || facts.editable || TYPED.has(facts.tag)) return null;
  const command = KEYS[facts.key.length === 1 ? facts.key.toLowerCase() : facts.key];
  if (!command) return null;
  if (facts.role !== null && OWN_KEYS.has(facts.role)) return null;
  // A slider takes the keys that move it, no letters.
  if (facts.role === "slider" && facts.key.length > 1) return null;
  if (facts.key === " " && (facts.tag === "button" || facts.tag === "a")) return null;
  if (facts.key.length > 1 && !facts.inPlayer) return null;
  return command;
};

export const keyFactsOf = (event: KeyboardEvent, player: Element): KeyFacts => {
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  return {
    key: event.key,
    modified: event.ctrlKey || event.metaKey || event.altKey,
    tag: target.tagName.toLowerCase(),
    role: target.closest("[role]")?.getAttribute("role") ?? null,
    editable: target.isContentEditable,
    inPlayer: player.contains(target),
  };
};
