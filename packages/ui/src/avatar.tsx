import { Avatar as BaseAvatar } from "@base-ui/react/avatar";
import "./avatar.css";

/** One of six warm tints, always the same for a name. */
export const tintOf = (name: string): number =>
  [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 6;

const SIZES = { sm: 28, md: 40, lg: 56, xl: 88 };

/** A channel's picture, or its first letter; always beside its name, so it says nothing itself. */
export const Avatar = ({
  name,
  src,
  size = "md",
}: {
  name: string;
  src: string | null;
  size?: keyof typeof SIZES;
}) => (
  <BaseAvatar.Root className={`avatar avatar-${size} avatar-tint-${tintOf(name)}`} aria-hidden>
    {src && (
      <BaseAvatar.Image src={src} alt="" width={SIZES[size]} height={SIZES[size]} className="avatar-image" />
    )}
    <BaseAvatar.Fallback>{[...name][0]?.toUpperCase() ?? "?"}</BaseAvatar.Fallback>
  </BaseAvatar.Root>
);
