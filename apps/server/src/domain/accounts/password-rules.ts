/** Too easy whatever its length: the account's own names, or one character over and over. */
export function isWeakPassword(password: string, who: { username: string; email: string }): boolean {
  const folded = password.toLowerCase();
  const names = [who.username, who.email.toLowerCase(), who.email.toLowerCase().split("@")[0] ?? ""];
  return names.includes(folded) || new Set(folded).size < 3;
}
