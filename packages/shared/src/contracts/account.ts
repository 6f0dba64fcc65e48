import { z } from "zod";
import { StreamId, UserId, Username } from "../model/ids.ts";
import { Category, Line } from "../model/stream.ts";
import { StreamPage } from "./app.ts";
import { CreateSessionBody, CreateUserBody, Cursor, Password } from "./rest.ts";

/** Inputs and answers of tRPC procedures that are not pages: accounts, lists, the operator's desk. */

/** A secret out of a link: an invitation or a password reset. */
export const LinkToken = z.string().regex(/^[A-Za-z0-9_-]{16,128}$/);

/** `account.signUp`. `invite`: out of `/signup?invite=…`, needed while registration is `invited`. */
export const SignUpInput = CreateUserBody.extend({ invite: LinkToken.optional() });
export type SignUpInput = z.infer<typeof SignUpInput>;

/** `account.signIn`. The name may be the account's mail address, too. */
export const SignInInput = CreateSessionBody;
export type SignInInput = z.infer<typeof SignInInput>;

/** `account.changePassword`: every other session ends. */
export const ChangePasswordInput = z.object({
  currentPassword: z.string().min(1).max(256),
  newPassword: Password,
});

/** `account.requestReset`: the answer never says whether such an account exists. */
export const RequestResetInput = z.object({ email: Line.min(1).max(254) });

/** `account.resetPassword`, `token` out of `/reset?token=…`. */
export const ResetPasswordInput = z.object({ token: LinkToken, newPassword: Password });

/** `account.deleteAccount` */
export const DeleteAccountInput = z.object({ password: z.string().min(1).max(256) });

/** `account.checkInvite({invite})` */
export const InviteInput = z.object({ invite: LinkToken });
export const InviteAnswer = z.object({ valid: z.boolean() });

/** Answer of what has nothing to say. */
export const Done = z.object({ ok: z.literal(true) });

export const ChannelInput = z.object({ username: Username });
export const StreamInput = z.object({ streamId: StreamId });

const PageLimit = z.int().min(1).max(100).default(24);

/** `streams.list` */
export const ListInput = z.object({
  category: Category.optional(),
  sort: z.enum(["viewer_count", "started_at"]).default("viewer_count"),
  limit: PageLimit,
  cursor: Cursor.optional(),
});

/** `streams.search` */
export const SearchInput = z.object({
  q: Line.max(200).default(""),
  category: Category.optional(),
  minViewers: z.int().min(0).default(0),
  limit: PageLimit,
  cursor: Cursor.optional(),
});

export const MAX_AVATAR_BYTES = 1024 * 1024;

/** `dashboard.uploadAvatar`: the file (PNG, JPEG or WebP, at most 1 MB) as Base64, without `data:`. */
export const UploadAvatarInput = z.object({
  data: z
    .string()
    .min(1)
    .max(Math.ceil(MAX_AVATAR_BYTES / 3) * 4)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, "Base64"),
});
export const AvatarAnswer = z.object({ avatar: z.string().nullable() });

/** `follows.follow`, `follows.unfollow` */
export const FollowAnswer = z.object({ followerCount: z.int(), following: z.boolean() });

/** `streams.search` */
export const SearchPage = StreamPage.extend({ totalResults: z.int() });

/** `operator.users` */
export const OperatorUser = z.object({
  userId: UserId,
  username: Username,
  email: z.string(),
  operator: z.boolean(),
  createdAt: z.string(),
  live: z.boolean(),
});
export type OperatorUser = z.infer<typeof OperatorUser>;
export const OperatorUsersInput = z
  .object({
    q: Line.max(100).default(""),
    limit: z.int().min(1).max(200).default(50),
    cursor: Cursor.optional(),
  })
  .prefault({});
export const OperatorUsersPage = z.object({
  users: z.array(OperatorUser),
  nextCursor: z.string().nullable(),
});

/** `operator.createResetLink` */
export const UserInput = z.object({ userId: UserId });

/** `operator.createInvite`, `operator.createResetLink`: shown once. */
export const LinkAnswer = z.object({ url: z.string(), token: z.string(), expiresAt: z.string() });
