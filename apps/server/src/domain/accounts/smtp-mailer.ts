import nodemailer from "nodemailer";
import type { Mailer } from "./passwords.ts";

const TIMEOUT_MS = 10_000;

/** Mails over the configured SMTP server, each in a connection of its own. */
export class SmtpMailer implements Mailer {
  readonly #transport: ReturnType<typeof nodemailer.createTransport>;
  readonly #from: string;

  constructor(options: { readonly url: string; readonly from: string | undefined }) {
    this.#transport = nodemailer.createTransport({
      url: options.url,
      // Our texts name no files or addresses to fetch, and never shall.
      disableFileAccess: true,
      disableUrlAccess: true,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
    });
    this.#from = options.from ?? `Footlight <footlight@${new URL(options.url).hostname}>`;
  }

  async send(mail: { to: string; subject: string; text: string }): Promise<void> {
    await this.#transport.sendMail({ from: this.#from, ...mail });
  }
}
