/** A username and a name out of an address: `ana.souza+git@…` → `ana-souza`, “Ana Souza”. Null where nothing is usable. */
export function suggestName(email: string): { username: string | null; displayName: string | null } {
  const local = (email.split('@')[0] ?? '').split('+')[0] ?? ''
  const words = local
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  const username = words.join('-').slice(0, 39).replaceAll(/-+$/g, '')
  // A single word is as often an account as a name.
  const displayName = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join(' ')
  return {
    username: username.length >= 2 ? username : null,
    displayName: words.length >= 2 && !/\d/.test(displayName) ? displayName : null,
  }
}
