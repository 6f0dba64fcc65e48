/** A pattern for ILIKE that finds the text as it stands, wherever it stands. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
