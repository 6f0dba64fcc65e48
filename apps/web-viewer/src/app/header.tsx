import { Avatar } from "@footlight/ui/avatar.tsx";
import { IconButton, LinkButton } from "@footlight/ui/button.tsx";
import { Menu, MenuItem, MenuLine, MenuLink } from "@footlight/ui/menu.tsx";
import { LogOut, Moon, Radio, Search, Sun, SunMoon } from "lucide-react";
import type { FormEvent } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useMe, useSignOut } from "../api/account.ts";
import { BrandLamp } from "./brand.tsx";
import { useTheme } from "./theme.ts";

export const Header = () => {
  const { data: me, isPending } = useMe();
  return (
    <header className="header">
      <Link to="/" className="brand" aria-label="Footlight, home">
        <BrandLamp />
        <span className="brand-word">Footlight</span>
      </Link>
      <SearchBox />
      <div className="header-actions">
        <ThemeButton />
        {!isPending &&
          (me ? (
            <>
              <LinkButton to="/dashboard" icon={Radio} className="header-wide">
                Dashboard
              </LinkButton>
              <MeMenu />
            </>
          ) : (
            <>
              <LinkButton to="/login" variant="quiet">
                Sign in
              </LinkButton>
              <LinkButton to="/signup" variant="primary" className="header-wide">
                Sign up
              </LinkButton>
            </>
          ))}
      </div>
    </header>
  );
};

const SearchBox = () => {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const q = params.get("q") ?? "";
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("q") ?? "").trim();
    if (text) void navigate(`/search?${new URLSearchParams({ q: text })}`);
  };
  return (
    <search className="header-search-box">
      <form className="header-search" onSubmit={onSubmit} action="/search">
        <input
          key={q}
          name="q"
          type="search"
          aria-label="Search streams"
          placeholder="Search"
          defaultValue={q}
          maxLength={200}
        />
        <IconButton type="submit" label="Search" icon={Search} />
      </form>
    </search>
  );
};

const MeMenu = () => {
  const { data: me } = useMe();
  const signOut = useSignOut();
  if (!me) return null;
  return (
    <Menu
      trigger={
        <button type="button" className="header-me" aria-label={`Account of ${me.displayName}`}>
          <Avatar name={me.displayName} src={me.avatar} />
        </button>
      }
    >
      <p className="menu-me">
        {me.displayName}
        <span>{me.username}</span>
      </p>
      <MenuLine />
      <MenuLink to={`/${me.username}`}>My channel</MenuLink>
      <MenuLink to="/dashboard">Dashboard</MenuLink>
      <MenuLink to="/settings">Settings</MenuLink>
      {me.operator && <MenuLink to="/operator">Operator</MenuLink>}
      <MenuLine />
      <MenuItem onClick={() => signOut.mutate()}>
        <LogOut aria-hidden size={16} />
        Sign out
      </MenuItem>
    </Menu>
  );
};

const THEMES = {
  system: { icon: SunMoon, label: "Theme: as the system. Switch to light" },
  light: { icon: Sun, label: "Theme: light. Switch to dark" },
  dark: { icon: Moon, label: "Theme: dark. Switch to the system's" },
};

const ThemeButton = () => {
  const [theme, next] = useTheme();
  return <IconButton {...THEMES[theme]} onClick={next} data-testid="theme" />;
};
