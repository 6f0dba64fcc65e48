import type { StagePerson } from "../../contract/stage.ts";

/** Why something about the stage did not come about; the codes are the server's, or main's. */
export const stageFaultWords = (code: string): string =>
  ({
    unreachable: "Your server does not answer. Check your connection.",
    network: "Your server does not answer. Check your connection.",
    foreign:
      "Your server answered something that this studio does not understand. One of the two is too old.",
    unauthenticated: "You were signed out elsewhere. Sign in again in the settings.",
    stage_not_found: "The stage has closed.",
    stage_full: "The stage is full. Somebody has to leave, or an invitation to be taken back.",
    forbidden: "That is not possible with yourself.",
    channel_not_found: "There is nobody of that name on your server.",
    not_a_username: "That is not a username.",
    rtc_full: "The server has no room for more pictures and sound. It is tried again.",
    rtc_unavailable: "The server has no pictures and sound at the moment. It is tried again.",
    unavailable: "The server is busy. Try again in a moment.",
    join_again: "The connection to the stage was lost. It is made again.",
    joined_elsewhere:
      "You are on this stage in another window, or in another studio. Guests come into the picture there, not here.",
    rate_limited: "Too much at once. Wait a moment.",
  })[code] ?? "The server refused that.";

/** What there is to know of somebody, beside their name. */
export const personNotes = (person: StagePerson): string =>
  [
    person.seat !== null && `Guest ${person.seat}`,
    person.username !== null && `@${person.username}`,
    !person.online && "not connected",
    person.sharesScreen && "shares a screen",
    person.muted && "muted by you",
    person.hidden && "hidden from the audience",
    person.network === "poor" && "poor connection",
    person.network === "fair" && "fair connection",
  ]
    .filter(Boolean)
    .join(" · ");
