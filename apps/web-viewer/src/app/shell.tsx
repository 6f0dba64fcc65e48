import { useEffect, useRef } from "react";
import { Outlet, ScrollRestoration, useLocation, useNavigation } from "react-router";
import { Header } from "./header.tsx";
import { OfflineBanner } from "./offline-banner.tsx";
import "./shell.css";

/** What every page stands in. */
export const Shell = () => {
  const navigation = useNavigation();
  return (
    <>
      <a href="#main" className="skip-link">
        Skip to content
      </a>
      <Header />
      <OfflineBanner />
      {navigation.state === "loading" && (
        <div className="page-loading" role="progressbar" aria-label="Loading page" />
      )}
      <Main />
      <ScrollRestoration />
    </>
  );
};

/** After a change of page the focus goes to its content, so that a screen reader begins there. */
const Main = () => {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current !== pathname) main.current?.focus({ preventScroll: true });
    before.current = pathname;
  }, [pathname]);
  return (
    <main id="main" ref={main} tabIndex={-1} className="main">
      <Outlet />
    </main>
  );
};
