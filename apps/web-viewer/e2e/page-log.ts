import type { Page } from "playwright-core";

/** What a page complained of: nothing, where all is well. */
export class PageLog {
  /** Errors and warnings of the console (violations of the content policy too), uncaught exceptions. */
  readonly complaints: string[] = [];
  /** Requests that failed, and answers of 400 and up. */
  readonly failedRequests: string[] = [];

  static async of(page: Page): Promise<PageLog> {
    const log = new PageLog();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") log.complaints.push(message.text());
    });
    page.on("pageerror", (error) => log.complaints.push(String(error)));
    page.on("requestfailed", (request) => {
      log.failedRequests.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) log.failedRequests.push(`${response.status()} ${response.url()}`);
    });
    await page.exposeFunction("reportViolation", (words: string) => {
      log.complaints.push(words);
    });
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        const report: unknown = Reflect.get(globalThis, "reportViolation");
        if (typeof report === "function") report(`CSP ${event.violatedDirective}: ${event.blockedURI}`);
      });
    });
    return log;
  }
}
