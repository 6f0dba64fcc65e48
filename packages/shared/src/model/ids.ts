import { z } from "zod";

/** Ids that could be confused are branded: a channel's id is never taken for a stream's. */
export const UserId = z.string().min(1).max(64).brand<"UserId">();
export type UserId = z.infer<typeof UserId>;

export const ChannelId = z.string().min(1).max(64).brand<"ChannelId">();
export type ChannelId = z.infer<typeof ChannelId>;

/** Public id of one broadcast. Appears in URLs, so it is URL-safe and says nothing of the key. */
export const StreamId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/)
  .brand<"StreamId">();
export type StreamId = z.infer<typeof StreamId>;

/** The WebRTC room of a stream. */
export const StageId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/)
  .brand<"StageId">();
export type StageId = z.infer<typeof StageId>;

/** Somebody on one stage: its host or a guest. */
export const ParticipantId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{4,64}$/)
  .brand<"ParticipantId">();
export type ParticipantId = z.infer<typeof ParticipantId>;

/** A public name: lower-case letters, digits and underscore, 3 to 25 characters. */
export const Username = z
  .string()
  .regex(/^[a-z0-9_]{3,25}$/, "3 to 25 of a-z, 0-9 and _")
  .brand<"Username">();
export type Username = z.infer<typeof Username>;
