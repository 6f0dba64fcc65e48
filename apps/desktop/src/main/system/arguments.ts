import { z } from "zod";

/** What may be said on the command line. */
const schema = z.object({
  userDataDir: z.string().min(1).optional(),
  /** A server to sign in to; with it the first run is over. */
  server: z.url({ protocol: /^https?$/ }).optional(),
  /** With both, the remote control is on, whatever the settings say. */
  remotePort: z.coerce.number().int().min(0).max(65_535).optional(),
  remotePassword: z.string().min(1).max(200).optional(),
  link: z.string().optional(),
});
export type Arguments = z.infer<typeof schema>;

const NAMES = {
  "user-data-dir": "userDataDir",
  server: "server",
  "remote-port": "remotePort",
  "remote-password": "remotePassword",
} as const;

export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/** Chromium's own switches are among them and are none of ours. */
export function parseArguments(argv: readonly string[]): Arguments {
  const found: Record<string, string> = {};
  argv.forEach((arg, at) => {
    if (arg.startsWith("footlight://")) found["link"] = arg;
    const [, name = "", value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name in NAMES) found[NAMES[name as keyof typeof NAMES]] = value ?? argv[at + 1] ?? "";
  });
  const parsed = schema.safeParse(found);
  if (parsed.success) return parsed.data;
  const wrong = String(parsed.error.issues[0]?.path[0]);
  const flag = Object.entries(NAMES).find(([, name]) => name === wrong)?.[0];
  // The value is not told: it may be a password.
  throw new ArgumentError(`--${flag ?? wrong} cannot be that: ${parsed.error.issues[0]?.message}`);
}
