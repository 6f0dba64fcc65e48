import { cx } from "@footlight/ui/cx.ts";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api/trpc.ts";

/** Categories as a row of chips; those with live streams only, and the chosen one. */
export const CategoryFilter = ({
  value,
  onChange,
}: {
  value: string | null;
  onChange: (value: string | null) => void;
}) => {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.categories.list.queryOptions(undefined, { refetchInterval: 60_000 }));
  const live = (data ?? []).filter((category) => category.liveStreams > 0 && category.name);
  const names = live.map((category) => category.name);
  if (value && !names.includes(value)) names.push(value);
  if (names.length === 0) return null;
  return (
    <fieldset className="chips">
      <legend className="sr-only">Category</legend>
      <Chip on={value === null} onClick={() => onChange(null)} label="All" />
      {names.map((name) => (
        <Chip
          key={name}
          on={value === name}
          onClick={() => onChange(value === name ? null : name)}
          label={name}
        />
      ))}
    </fieldset>
  );
};

const Chip = ({ on, onClick, label }: { on: boolean; onClick: () => void; label: string }) => (
  <button type="button" className={cx("chip", on && "chip-on")} aria-pressed={on} onClick={onClick}>
    {label}
  </button>
);
