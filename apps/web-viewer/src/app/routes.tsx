import { createBrowserRouter, type RouteObject } from "react-router";
import { Crash } from "./crash.tsx";
import { NotFound } from "./not-found.tsx";
import { Shell } from "./shell.tsx";

const Nothing = () => null;

/** Fetches what a page will ask for, while its code comes. */
export interface Ahead {
  channel(username: string): void;
}

/**
 * Every page route. Single words at the root share their space with usernames: the server's reserved
 * list holds them (a test there compares).
 */
export const routesWith = (ahead: Ahead): RouteObject[] => [
  {
    element: <Shell />,
    errorElement: <Crash />,
    HydrateFallback: Nothing,
    children: [
      {
        index: true,
        lazy: () => import("../features/browse/home-page.tsx").then((page) => ({ Component: page.HomePage })),
      },
      {
        path: "search",
        lazy: () =>
          import("../features/browse/search-page.tsx").then((page) => ({ Component: page.SearchPage })),
      },
      {
        path: "login",
        lazy: () =>
          import("../features/account/login-page.tsx").then((page) => ({ Component: page.LoginPage })),
      },
      {
        path: "signup",
        lazy: () =>
          import("../features/account/signup-page.tsx").then((page) => ({ Component: page.SignupPage })),
      },
      {
        path: "reset",
        lazy: () =>
          import("../features/account/reset-page.tsx").then((page) => ({ Component: page.ResetPage })),
      },
      {
        path: "settings",
        lazy: () =>
          import("../features/account/settings-page.tsx").then((page) => ({ Component: page.SettingsPage })),
      },
      {
        path: "dashboard",
        lazy: () =>
          import("../features/dashboard/dashboard-page.tsx").then((page) => ({
            Component: page.DashboardPage,
          })),
      },
      {
        path: "dashboard/stage",
        lazy: () => import("../features/stage/host-page.tsx").then((page) => ({ Component: page.HostPage })),
      },
      {
        path: "operator",
        lazy: () =>
          import("../features/account/operator-page.tsx").then((page) => ({ Component: page.OperatorPage })),
      },
      {
        path: "stage/:stageId",
        lazy: () =>
          import("../features/stage/stage-page.tsx").then((page) => ({ Component: page.StagePage })),
      },
      {
        path: ":username",
        loader: ({ params }) => {
          ahead.channel((params["username"] ?? "").toLowerCase());
          return null;
        },
        lazy: () =>
          import("../features/watch/watch-page.tsx").then((page) => ({ Component: page.WatchPage })),
      },
      { path: "*", element: <NotFound /> },
    ],
  },
];

export const createRouter = (ahead: Ahead) => createBrowserRouter(routesWith(ahead));
