/** A username out of somebody's name: "Ana María Souza" → "ana-maria-souza". Empty where nothing usable is left. */
export function suggestUsername(displayName: string): string {
  const plain = displayName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 39)
    .replaceAll(/-+$/g, '')
  return plain.length >= 2 ? plain : ''
}

/** The server's rule, said before it has to refuse. */
export const usernameProblem = (username: string): string | null =>
  /^[a-z0-9][a-z0-9-]{1,38}$/.test(username)
    ? null
    : '2 to 39 characters: a–z, 0–9 and -, beginning with a letter or digit'

/** As loose as the server: the address is for display, nothing rests on it. */
export const emailProblem = (email: string): string | null =>
  /^[^\s@<>"]+@[^\s@<>"]+$/.test(email.trim()) ? null : 'An address such as ana@example.com'
