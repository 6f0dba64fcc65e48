import { ServerInfo } from "@footlight/shared";
import type { Domain } from "../../domain/create-domain.ts";
import type { Presenter } from "../presenter.ts";
import { accountRouter } from "./account-router.ts";
import { browseRouters } from "./browse-router.ts";
import { dashboardRouter } from "./dashboard-router.ts";
import { operatorRouter } from "./operator-router.ts";
import { anyone, router } from "./procedures.ts";
import { stageRouter } from "./stage-router.ts";
import { studioRouter } from "./studio-router.ts";

export interface AppRouterDeps {
  readonly domain: Domain;
  readonly presenter: Presenter;
  readonly publicUrl: string | undefined;
  readonly mailLink: (path: string) => string;
  readonly version: string;
}

/** Everything that our own apps ask of the server, over the domain functions that REST uses too. */
export function createAppRouter(deps: AppRouterDeps) {
  const { domain, presenter } = deps;
  return router({
    server: router({
      info: anyone.output(ServerInfo).query(async () => {
        const { mode, needsOperator } = await domain.registration.info();
        return {
          version: deps.version,
          registration: mode,
          needsOperator,
          mail: domain.passwords.byMail,
        };
      }),
    }),
    account: accountRouter({ domain, presenter, mailLink: deps.mailLink }),
    ...browseRouters({ domain, presenter }),
    dashboard: dashboardRouter({ domain, presenter }),
    stage: stageRouter({ domain, publicUrl: deps.publicUrl }),
    studio: studioRouter({ domain, presenter }),
    operator: operatorRouter({ domain, publicUrl: deps.publicUrl }),
  });
}

/** Imported as a type by the apps. */
export type AppRouter = ReturnType<typeof createAppRouter>;
