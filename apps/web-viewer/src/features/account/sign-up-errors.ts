import { type AppProblem, type ProblemCode, wordsFor } from "../../api/problem.ts";

const FIELD_OF: Partial<Record<ProblemCode, string>> = {
  username_taken: "username",
  username_reserved: "username",
  email_taken: "email",
  weak_password: "password",
};
const INVALID: Record<string, string> = {
  username: "Use 3 to 25 of a–z, 0–9 and _.",
  email: "That is not an e-mail address.",
  password: "Use 8 to 256 characters.",
};

/** A problem's words at the fields that they are about; empty when it is about none of them. */
export const signUpErrors = (problem: AppProblem | null): Record<string, string> => {
  if (!problem) return {};
  const field = FIELD_OF[problem.code];
  if (field) return { [field]: wordsFor(problem.code) };
  if (problem.code !== "invalid_request") return {};
  const known = Object.keys(problem.fields).filter((path) => path in INVALID);
  return Object.fromEntries(known.map((path) => [path, INVALID[path] ?? ""]));
};
