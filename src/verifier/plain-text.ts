/** One line that cannot move the cursor, hide or reverse what stands beside it: for text that nobody has proven. */
export function plainLine(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
}
