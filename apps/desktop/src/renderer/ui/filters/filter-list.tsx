import { IconButton } from "@footlight/ui/button.tsx";
import { Menu, MenuItem } from "@footlight/ui/menu.tsx";
import { Plus, Power, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import "./filters.css";

interface AnyFilter {
  readonly id: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly name?: string | undefined;
}

/** Filters in the order in which they work, each to be switched off, changed and taken away. */
export const FilterList = <F extends AnyFilter>({
  title,
  filters,
  names,
  make,
  form,
  onChange,
}: {
  title: string;
  filters: readonly F[];
  names: Record<F["kind"], string>;
  /** Null: the person thought better of it. */
  make: (kind: F["kind"]) => Promise<F | null>;
  form: (filter: F, change: (next: F, gesture: string | null) => void) => ReactNode;
  onChange: (filters: F[], gesture: string | null) => void;
}) => {
  const kinds = Object.keys(names) as F["kind"][];
  const change = (next: F, gesture: string | null) =>
    onChange(
      filters.map((one) => (one.id === next.id ? next : one)),
      gesture,
    );
  const add = async (kind: F["kind"]) => {
    const filter = await make(kind);
    if (filter) onChange([...filters, filter], null);
  };
  return (
    <section className="filters" aria-label={title}>
      <div className="filters-top">
        <span className="field-label">{title}</span>
        <Menu trigger={<IconButton label={`Add to ${title.toLowerCase()}`} icon={Plus} size="sm" />}>
          {kinds.map((kind) => (
            <MenuItem key={kind} onClick={() => void add(kind)}>
              {names[kind]}
            </MenuItem>
          ))}
        </Menu>
      </div>
      {filters.length === 0 && <p className="field-hint">None</p>}
      {filters.map((filter) => {
        const name = filter.name ?? names[filter.kind as F["kind"]];
        return (
          <div key={filter.id} className="filter" data-off={!filter.enabled || undefined}>
            <div className="filter-top">
              <span className="radio-name">{name}</span>
              <IconButton
                label={`${filter.enabled ? "Switch off" : "Switch on"} ${name}`}
                icon={Power}
                size="sm"
                aria-pressed={filter.enabled}
                onClick={() => change({ ...filter, enabled: !filter.enabled }, null)}
              />
              <IconButton
                label={`Remove ${name}`}
                icon={Trash2}
                size="sm"
                onClick={() =>
                  onChange(
                    filters.filter((one) => one !== filter),
                    null,
                  )
                }
              />
            </div>
            {form(filter, change)}
          </div>
        );
      })}
    </section>
  );
};
