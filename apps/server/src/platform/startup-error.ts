/** Why a server cannot start, for the operator: the message is one line and says what to do. */
export type StartupErrorCode =
  | "port_taken"
  | "port_denied"
  | "address_unavailable"
  | "data_dir_unusable"
  | "data_dir_in_use"
  | "tls_unusable"
  | "ffmpeg_missing"
  | "database_unavailable"
  | "web_app_missing";

export class StartupError extends Error {
  override readonly name = "StartupError";
  constructor(
    readonly code: StartupErrorCode,
    message: string,
    options?: { cause: unknown },
  ) {
    super(message, options);
  }
}
