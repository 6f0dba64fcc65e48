import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Studio } from "./launch.ts";

/** Electron's security guide, point by point, against the studio that runs; its fuses are read in package.soak.test.ts. */
let studio: Studio;
/** Somebody's page in the web. */
let web: Server;
let webUrl: string;
let asked: string[];

beforeAll(async () => {
  asked = [];
  web = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("content-type", "text/html");
    response.setHeader("access-control-allow-origin", "*");
    response.end("<h1>web</h1>");
  });
  await once(web.listen(0, "127.0.0.1"), "listening");
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  studio = await Studio.launch();
  await studio.until("engine", ({ engine }) => engine === "ready");
});
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  web?.closeAllConnections();
  web?.close();
});

describe("every window", () => {
  it("is isolated, in a sandbox, without Node and without webview", async () => {
    const all = await studio.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => {
        // Electron types it for its own use.
        const { getLastWebPreferences } = webContents as unknown as {
          getLastWebPreferences(): Record<string, unknown>;
        };
        const all = getLastWebPreferences.call(webContents);
        return {
          on: ["contextIsolation", "sandbox", "webSecurity"].filter((name) => all[name] !== true),
          off: [
            "nodeIntegration",
            "webviewTag",
            "allowRunningInsecureContent",
            "experimentalFeatures",
          ].filter((name) => Boolean(all[name])),
        };
      }),
    );
    expect(all.length).toBeGreaterThanOrEqual(2);
    for (const wrong of all) expect(wrong).toEqual({ on: [], off: [] });
  });

  it("goes nowhere by a link, a form, a frame or a redirect, and opens nothing", async () => {
    const engine = await studio.engine();
    for (const page of [studio.page, engine]) {
      const before = page.url();
      const refused = await page.evaluate(async (url) => {
        const said: string[] = [];
        document.addEventListener("securitypolicyviolation", (event) => said.push(event.effectiveDirective));
        const add = <K extends keyof HTMLElementTagNameMap>(name: K, parts: object) =>
          document.body.appendChild(Object.assign(document.createElement(name), parts));
        add("a", { href: `${url}/link` }).click();
        add("a", { href: `${url}/window`, target: "_blank" }).click();
        add("form", { action: `${url}/form`, method: "post" }).submit();
        add("iframe", { src: `${url}/frame` });
        add("script", { src: `${url}/script.js` });
        add("script", { textContent: "globalThis.injected = true" });
        add("object", { data: `${url}/object` });
        add("link", { rel: "stylesheet", href: `${url}/style.css` });
        add("img", { src: `${url}/picture.png` });
        const opened = window.open(`${url}/opened`);
        await new Promise<void>((resolve) => {
          const look = () => (said.length >= 7 ? resolve() : setTimeout(look, 20));
          look();
        });
        return { said: said.sort(), opened: opened === null, injected: "injected" in globalThis };
      }, webUrl);
      expect(refused).toEqual({
        said: [
          "form-action",
          "frame-src",
          "img-src",
          "object-src",
          "script-src-elem",
          "script-src-elem",
          "style-src-elem",
        ],
        opened: true,
        injected: false,
      });
      expect(page.url()).toBe(before);
    }
    expect(asked).toEqual([]);
    expect((await studio.app.windows()).some((page) => page.url().startsWith("http"))).toBe(false);
  });

  it("attaches no webview, even where one would be allowed to", async () => {
    const denied = await studio.app.evaluate(async ({ app, BrowserWindow }, url) => {
      const window = new BrowserWindow({ show: false, webPreferences: { webviewTag: true, sandbox: true } });
      await window.loadURL("app://studio/control.html?bare");
      const answer = new Promise<boolean>((resolve) =>
        window.webContents.once("will-attach-webview", (event) => resolve(event.defaultPrevented)),
      );
      await window.webContents.executeJavaScript(
        `void document.body.appendChild(Object.assign(document.createElement("webview"), { src: ${JSON.stringify(url)} }))`,
      );
      const prevented = await answer;
      window.destroy();
      return prevented && app.isReady();
    }, `${webUrl}/webview`);
    expect(denied).toBe(true);
    expect(asked).toEqual([]);
  });
});

describe("permissions", () => {
  it("are ours alone, and few", async () => {
    const ask = async (url: string) =>
      await studio.app.evaluate(async ({ BrowserWindow }, address) => {
        const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true } });
        await window.loadURL(address);
        const answers: unknown = await window.webContents.executeJavaScript(`(async () => {
          const named = async (name) => (await navigator.permissions.query({ name })).state;
          const place = await new Promise((resolve) =>
            navigator.geolocation.getCurrentPosition(() => resolve("granted"), ({ code }) => resolve(code)));
          return [await named("camera"), await named("microphone"), place, await named("geolocation"), await named("midi"), await named("clipboard-read"),
            await Notification.requestPermission()];
        })()`);
        window.destroy();
        return answers;
      }, url);
    const none = [1, "denied", "denied", "denied", "denied"];
    expect(await ask("app://studio/control.html?bare")).toEqual(["granted", "granted", ...none]);
    expect(await ask(`${webUrl}/asks`)).toEqual(["denied", "denied", ...none]);
  });
});

describe("our own scheme", () => {
  it.each([
    "/../main.cjs",
    "/%2e%2e/main.cjs",
    "/..%2fmain.cjs",
    "/..%5cmain.cjs",
    "/%2e%2e%2f%2e%2e%2fpackage.json",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/file//etc/passwd",
    "/file/%2Fetc%2Fpasswd",
    "/file/..%2F..%2F..%2Fetc%2Fpasswd",
    "/assets/../../preload/control.cjs",
    "/control.html%00.png",
    "/%",
    "/",
  ])("gives nothing for %s", async (path) => {
    const answer = await studio.page.evaluate(
      async (url) =>
        await fetch(url).then(
          (response) => response.status,
          () => "refused",
        ),
      `app://studio${path}`,
    );
    expect([400, 404, "refused"]).toContain(answer);
  });

  it("is read, not written, and by our host name alone", async () => {
    const tries = await studio.app.evaluate(async ({ session }) => {
      const status = async (url: string, method = "GET") =>
        (await session.defaultSession.fetch(url, { method })).status;
      return [
        await status("app://studio/control.html"),
        await status("app://studio/control.html", "POST"),
        await status("app://studio/control.html", "PUT"),
        await status("app://elsewhere/control.html"),
      ];
    });
    expect(tries).toEqual([200, 405, 405, 404]);
  });
});

describe("main", () => {
  it("takes no garbage from its own window, and goes on", async () => {
    const answers = await studio.page.evaluate(async () => {
      const ask = studioCall();
      const deep: Record<string, unknown> = {};
      let inner = deep;
      for (let depth = 0; depth < 900; depth++) inner = inner["x"] = {} as Record<string, unknown>;
      const round: Record<string, unknown> = {};
      round["self"] = round;
      const names = [
        "",
        "__proto__",
        "toString",
        "constructor",
        "document.do\0",
        "x".repeat(100_000),
        null,
        7,
        {},
        [],
      ];
      const inputs = [undefined, null, 7, "x", [], {}, deep, round, { command: deep, gesture: null }];
      const big = { command: { kind: "collection-rename", name: "x".repeat(1_000_000) }, gesture: null };
      const all = [
        ...names.map((name) => ask(name, undefined)),
        ...inputs.map((input) => ask("document.do", input)),
        ask("document.do", big),
        ask("targets.save", { id: {}, name: [], kind: "rtmp", url: 1, key: true }),
        ask("settings.change", JSON.parse('{"__proto__": {"theme": "dark"}, "theme": "neon"}')),
        ask("layout.change", { version: 1, docks: null }),
        ask("monitor", { width: Number.NaN, fps: Number.POSITIVE_INFINITY }),
      ];
      return (await Promise.allSettled(all)).map(({ status }) => status);

      function studioCall() {
        const call = window.studio.call as (name: unknown, input: unknown) => Promise<unknown>;
        // The bridge itself throws at what has no end.
        return async (name: unknown, input: unknown) => await call(name, input);
      }
    });
    expect(new Set(answers)).toEqual(new Set(["rejected"]));
    expect(await studio.call("document.undo", undefined)).toEqual({ done: false });
  });

  it("hears the control window's calls from no other page, the engine's word from no other one", async () => {
    const heard = await studio.app.evaluate(async ({ app, BrowserWindow }) => {
      const listen = async (page: "control" | "engine", script: string) => {
        const preload = `${app.getAppPath()}/dist/preload/${page}.cjs`;
        const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true, preload } });
        // As a detached panel's would be, which nobody has detached.
        await window.loadURL("app://studio/control.html?panel=mixer");
        const answer: unknown = await window.webContents.executeJavaScript(script);
        window.destroy();
        return answer;
      };
      return [
        await listen("control", `studio.call("document.undo").then(() => "heard", (error) => error.message)`),
        await listen(
          "control",
          `new Promise((resolve) => { studio.on("settings", () => resolve("told")); setTimeout(resolve, 400, "silence"); })`,
        ),
        await listen("engine", `engine.send({ kind: "figures", fps: 12345, renderMs: 1, droppedRender: 0 })`),
      ];
    });
    expect(heard[0]).toContain("not heard");
    expect(heard[1]).toBe("silence");
    expect((await studio.topic("engine")).fps).toBeLessThan(1_000);
  });
});

describe("a second start", () => {
  it("opens the link that it was given in the first one, and ends", async () => {
    await studio.app.evaluate(({ shell }) => {
      const seen: string[] = [];
      Object.assign(globalThis, { opened: seen });
      shell.openExternal = async (url) => void seen.push(url);
    });
    const display = await studio.app.evaluate(() => process.env["DISPLAY"] ?? "");
    const second = async (link: string) => {
      const args = [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        fileURLToPath(new URL("..", import.meta.url)),
        `--user-data-dir=${studio.profile}`,
        link,
      ];
      const child = spawn(studio.child.spawnfile, args, {
        env: { ...process.env, DISPLAY: display },
        stdio: "ignore",
      });
      return (await once(child, "exit"))[0] as number;
    };
    expect(await second("footlight://127.0.0.1:8080/stage/abc")).toBe(0);
    const opened = () =>
      studio.app.evaluate(() => [...(globalThis as unknown as { opened: string[] }).opened]);
    await expect.poll(opened, { timeout: 10_000 }).toEqual(["http://127.0.0.1:8080/stage/abc"]);
    expect(await second("footlight://user:password@evil.example/")).toBe(0);
    expect(await opened()).toHaveLength(1);
  });
});
