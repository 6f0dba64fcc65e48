const WIDTH = 60;
const HEIGHT = 20;

/** The last minute as a line; its figure stands beside it in words. `top` is the least that the height stands for. */
export const Sparkline = ({ values, top }: { values: readonly number[]; top: number }) => {
  const highest = Math.max(top, ...values);
  const points = values.map((value, at) => {
    const x = WIDTH - values.length + at + 1;
    const y = HEIGHT - 1 - (Math.max(0, value) / highest) * (HEIGHT - 2);
    return `${x},${y.toFixed(1)}`;
  });
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      <polyline points={points.join(" ")} vectorEffect="non-scaling-stroke" />
    </svg>
  );
};
