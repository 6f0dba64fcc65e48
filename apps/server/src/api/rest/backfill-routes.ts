import {
  BACKFILL_LIMITS,
  BackfillPieceAnswer,
  BackfillPieceParams,
  BackfillPlan,
  BackfillQuery,
  rest,
} from "@footlight/shared";
import type { Account } from "../../domain/accounts/account.ts";
import type { Domain } from "../../domain/create-domain.ts";
import { ApiError, accepted } from "../api-error.ts";
import { type RestRoute, route } from "./route.ts";
import { readUpload, sha256Of } from "./upload.ts";

/** What a broken line kept back, sent afterwards; see the contract in packages/shared. */
export function backfillRoutes(domain: Pick<Domain, "backfill">): RestRoute[] {
  return [
    route(
      {
        method: "POST",
        path: "/streams/:id/backfill",
        operationId: "planBackfill",
        summary: "Which of these pictures the server lacks",
        auth: "bearer",
        body: BackfillQuery,
        params: rest.StreamParams,
        status: 200,
        answer: BackfillPlan,
        errors: ["stream_not_found", "forbidden", "backfill_closed"],
      },
      async ({ body, params, account }) => {
        const { ranges } = accepted(await domain.backfill.missing(owner(account).userId, params.id, body));
        return {
          missing: [...ranges],
          max_piece_bytes: BACKFILL_LIMITS.pieceBytes,
          max_piece_units: BACKFILL_LIMITS.pieceUnits,
        };
      },
    ),
    route(
      {
        method: "PUT",
        path: "/streams/:id/backfill/:source/:range",
        operationId: "putBackfill",
        summary: "One stretch of lacking pictures, as FLV with the sound beside them",
        auth: "bearer",
        upload: { type: "video/x-flv", digest: true },
        params: BackfillPieceParams,
        status: 200,
        answer: BackfillPieceAnswer,
        errors: [
          ...([
            "stream_not_found",
            "forbidden",
            "backfill_closed",
            "invalid_request",
            "digest_mismatch",
          ] as const),
          ...(["bad_piece", "not_missing", "backfill_full", "storage_full"] as const),
        ],
      },
      async ({ request, params, upload, account }) => {
        const { id, source, range } = params;
        const digest = sha256Of(request.headers["content-digest"]);
        if (digest === undefined || upload === undefined) {
          throw new ApiError("invalid_request", {
            errors: [{ path: "Content-Digest", message: "sha-256 of the body is required" }],
          });
        }
        const bytes = await readUpload(request, upload, BACKFILL_LIMITS.pieceBytes);
        const { userId } = owner(account);
        const put = await domain.backfill.put(userId, id, { source, ...range }, { bytes, digest });
        return { ...range, bytes: bytes.length, state: accepted(put).kind };
      },
    ),
  ];
}

/** Routes with `auth: "bearer"` are not reached without an account. */
function owner(account: Account | undefined): Account {
  if (account === undefined) throw new ApiError("unauthenticated");
  return account;
}
