import type { Page } from "playwright-core";

/** Makes an account by the form, as people do; ends up signed in. */
export async function signUpThrough(page: Page, url: string, username: string): Promise<void> {
  await page.goto(`${url}/signup`);
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("E-mail").fill(`${username}@example.org`);
  await page.getByLabel("Password", { exact: true }).fill(`correct horse ${username}`);
  await page.locator('form.stack button[type="submit"]').click();
  await page.getByRole("button", { name: `Account of ${username}` }).waitFor();
}
