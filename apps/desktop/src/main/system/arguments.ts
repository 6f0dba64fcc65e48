import { z } from "zod";

/** What may be said on the command line; a password is said in the environment, which other users cannot list. */
const schema = z.object({
  userDataDir: z.string().min(1).optional(),
  /** A server to sign in to; with it the first run is over. */
  server: z.url({ protocol: /^https?$/ }).optional(),
  /** Who signs in to it, without anybody at the window. */
  username: z.string().min(1).max(100).optional(),
  password: z.string().min(1).max(1000).optional(),
  /** With both, the remote control is on, whatever the settings say. */
  remotePort: z.coerce.number().int().min(0).max(65_535).optional(),
  remotePassword: z.string().min(1).max(200).optional(),
  link: z.string().optional(),
});
export type Arguments = z.infer<typeof schema>;

const NAMES = {
  "user-data-dir": "userDataDir",
  server: "server",
  username: "username",
  "remote-port": "remotePort",
  "remote-password": "remotePassword",
} as const;

/** Of whoever `--username` names. */
export const PASSWORD_VARIABLE = "FOOTLIGHT_PASSWORD";

export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/** Chromium's own switches are among them and are none of ours. */
export function parseArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Arguments {
  const found: Record<string, string> = {};
  argv.forEach((arg, at) => {
    if (arg.startsWith("footlight://")) found["link"] = arg;
    const [, name = "", value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name in NAMES) found[NAMES[name as keyof typeof NAMES]] = value ?? argv[at + 1] ?? "";
  });
  const password = env[PASSWORD_VARIABLE];
  if ("username" in found && password !== undefined) found["password"] = password;
  const parsed = schema.safeParse(found);
  if (parsed.success) return whole(parsed.data);
  const wrong = String(parsed.error.issues[0]?.path[0]);
  if (wrong === "password") throw new ArgumentError(`${PASSWORD_VARIABLE} cannot be that.`);
  const flag = Object.entries(NAMES).find(([, name]) => name === wrong)?.[0];
  // The value is not told: it may be a password.
  throw new ArgumentError(`--${flag ?? wrong} cannot be that: ${parsed.error.issues[0]?.message}`);
}

function whole(args: Arguments): Arguments {
  if (args.username === undefined) return args;
  if (args.server === undefined) throw new ArgumentError("--username needs --server.");
  if (args.password === undefined)
    throw new ArgumentError(`--username needs the password in the environment, as ${PASSWORD_VARIABLE}.`);
  return args;
}
