import { Menu as BaseMenu } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ReactElement, ReactNode, RefObject } from "react";
import { Link } from "react-router";
import "./menu.css";

interface MenuProps {
  trigger: ReactElement;
  children: ReactNode;
  side?: "top" | "bottom";
  /** Where it is put in the document: inside what is shown full screen, for the player. */
  container?: RefObject<HTMLElement | null>;
  onOpenChange?: (open: boolean) => void;
}

export const Menu = ({ trigger, children, side = "bottom", container, onOpenChange }: MenuProps) => (
  <BaseMenu.Root modal={false} {...(onOpenChange && { onOpenChange: (open: boolean) => onOpenChange(open) })}>
    <BaseMenu.Trigger render={trigger} />
    <BaseMenu.Portal {...(container && { container })}>
      <BaseMenu.Positioner side={side} align="end" sideOffset={8} className="menu-positioner">
        <BaseMenu.Popup className="menu">{children}</BaseMenu.Popup>
      </BaseMenu.Positioner>
    </BaseMenu.Portal>
  </BaseMenu.Root>
);

export const MenuLink = ({ to, children }: { to: string; children: ReactNode }) => (
  <BaseMenu.LinkItem render={<Link to={to} />} closeOnClick className="menu-item">
    {children}
  </BaseMenu.LinkItem>
);

export const MenuItem = ({ onClick, children }: { onClick: () => void; children: ReactNode }) => (
  <BaseMenu.Item onClick={onClick} className="menu-item">
    {children}
  </BaseMenu.Item>
);

/** On or off, with a tick when it is on. */
export const MenuSwitch = ({
  on,
  onChange,
  children,
  ...rest
}: {
  on: boolean;
  onChange: (on: boolean) => void;
  children: ReactNode;
  "data-testid"?: string;
}) => (
  <BaseMenu.CheckboxItem
    checked={on}
    onCheckedChange={(next: boolean) => onChange(next)}
    closeOnClick
    className="menu-item"
    {...rest}
  >
    <span className="menu-tick">
      <BaseMenu.CheckboxItemIndicator>
        <Check aria-hidden size={16} />
      </BaseMenu.CheckboxItemIndicator>
    </span>
    <span>{children}</span>
  </BaseMenu.CheckboxItem>
);

export const MenuLine = () => <BaseMenu.Separator className="menu-line" />;

interface Choice {
  value: string;
  label: string;
  detail?: string | undefined;
}

/** One of several, with a tick at the chosen one. */
export const MenuChoice = ({
  label,
  choices,
  value,
  onChange,
}: {
  label: string;
  choices: Choice[];
  value: string;
  onChange: (value: string) => void;
}) => (
  <BaseMenu.RadioGroup value={value} onValueChange={(next: string) => onChange(next)}>
    <BaseMenu.GroupLabel className="menu-label">{label}</BaseMenu.GroupLabel>
    {choices.map((choice) => (
      <BaseMenu.RadioItem
        key={choice.value}
        value={choice.value}
        closeOnClick
        className="menu-item"
        data-testid={`choice-${choice.value}`}
      >
        <span className="menu-tick">
          <BaseMenu.RadioItemIndicator>
            <Check aria-hidden size={16} />
          </BaseMenu.RadioItemIndicator>
        </span>
        <span>{choice.label}</span>
        {choice.detail && <span className="menu-detail">{choice.detail}</span>}
      </BaseMenu.RadioItem>
    ))}
  </BaseMenu.RadioGroup>
);
