/**
 * The lamp that theatres leave burning on an empty stage. Our picture for "nobody is on":
 * `lit` when something is about to happen.
 */
export const GhostLight = ({ size = 120, lit = true }: { size?: number; lit?: boolean }) => (
  <svg
    viewBox="0 0 120 120"
    width={size}
    height={size}
    aria-hidden
    className={lit ? "ghost-light lit" : "ghost-light"}
  >
    <defs>
      <radialGradient id="ghost-glow">
        <stop offset="0" stopColor="#ffd9a0" stopOpacity="0.9" />
        <stop offset="0.35" stopColor="#ffb347" stopOpacity="0.35" />
        <stop offset="1" stopColor="#ffb347" stopOpacity="0" />
      </radialGradient>
    </defs>
    <ellipse cx="60" cy="106" rx="46" ry="7" className="ghost-floor" />
    {lit && <circle cx="60" cy="33" r="33" fill="url(#ghost-glow)" className="ghost-halo" />}
    <path d="M60 47v56M46 106l14-5 14 5" className="ghost-stand" />
    <path d="M55 47h10M55.500 43h9" className="ghost-stand" />
    <circle cx="60" cy="33" r="8.500" className="ghost-bulb" />
    <path d="M48 24q12-9 24 0M48 42q12 9 24 0M48 24v18M72 24v18M60 19.500v27" className="ghost-cage" />
  </svg>
);
