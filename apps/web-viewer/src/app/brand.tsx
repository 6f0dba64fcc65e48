/** Three footlights along the edge of a stage. */
export const BrandLamp = ({ size = 26 }: { size?: number }) => (
  <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden className="brand-lamp">
    <path d="M5 25a11 11 0 0 1 22 0z" stroke="none" />
    <path
      d="M16 4.500v4.500M6.500 8.500 9.200 12M25.500 8.500 22.800 12"
      fill="none"
      strokeWidth="2.600"
      strokeLinecap="round"
    />
  </svg>
);
