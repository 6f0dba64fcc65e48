import { Button as BaseButton } from "@base-ui/react/button";
import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { Link, type LinkProps } from "react-router";
import { cx } from "./cx.ts";
import "./button.css";

type Variant = "primary" | "outline" | "quiet" | "danger";
interface Look {
  variant?: Variant;
  size?: "sm" | "md" | "lg";
  icon?: LucideIcon;
}
const look = ({ variant = "outline", size = "md" }: Look) =>
  cx("button", `button-${variant}`, `button-${size}`);

type ButtonProps = Omit<ComponentProps<"button">, "ref"> & Look & { busy?: boolean };

/** While `busy` it keeps its size and focus, and cannot be pressed a second time. */
export const Button = ({
  variant,
  size,
  icon: Icon,
  busy = false,
  children,
  className,
  ...rest
}: ButtonProps) => (
  <BaseButton
    type="button"
    {...rest}
    disabled={rest.disabled === true || busy}
    focusableWhenDisabled={busy}
    aria-busy={busy || undefined}
    className={cx(look({ ...(variant && { variant }), ...(size && { size }) }), className)}
  >
    {Icon && <Icon aria-hidden size={size === "sm" ? 15 : 17} />}
    {children}
  </BaseButton>
);

type LinkButtonProps = LinkProps & Look;
export const LinkButton = ({ variant, size, icon: Icon, children, className, ...rest }: LinkButtonProps) => (
  <Link {...rest} className={cx(look({ ...(variant && { variant }), ...(size && { size }) }), className)}>
    {Icon && <Icon aria-hidden size={17} />}
    {children}
  </Link>
);

type IconButtonProps = Omit<ComponentProps<"button">, "children" | "aria-label" | "ref"> & {
  label: string;
  icon: LucideIcon;
  size?: "sm" | "md";
  extra?: ReactNode;
};

/** A picture to press; its words are its name and its tooltip. */
export const IconButton = ({
  label,
  icon: Icon,
  size = "md",
  className,
  extra,
  ...rest
}: IconButtonProps) => (
  <BaseButton
    type="button"
    title={label}
    {...rest}
    aria-label={label}
    className={cx("icon-button", `icon-button-${size}`, className)}
  >
    <Icon aria-hidden size={size === "sm" ? 17 : 20} />
    {extra}
  </BaseButton>
);
