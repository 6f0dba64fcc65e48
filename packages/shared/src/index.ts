export * from "./contracts/account.ts";
export * from "./contracts/app.ts";
export * from "./contracts/problem.ts";
export * as rest from "./contracts/rest.ts";
export * from "./errors/codes.ts";
export * from "./model/ids.ts";
export * from "./model/ladder.ts";
export * from "./model/reserved.ts";
export * from "./model/stream.ts";
