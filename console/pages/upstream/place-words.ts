import type { ProviderView } from '../../api/shapes.ts'

type Kind = ProviderView['kind']

export const kindWords: Record<Kind, string> = {
  okta: 'Okta',
  entra: 'Microsoft Entra ID',
  google: 'Google Workspace',
  other: 'Another OpenID provider',
}

export const issuerExamples: Record<Kind, string> = {
  okta: 'https://example.okta.com',
  entra: 'https://login.microsoftonline.com/<tenant id>/v2.0',
  google: 'https://accounts.google.com',
  other: 'https://login.example.com',
}

export const trustWords: Record<ProviderView['trustsAcr'], string> = {
  none: 'Nothing: it counts as a password',
  mfa: 'A second factor, where it says so (mfa)',
  phr: 'A passkey, where it says so (phr, phrh)',
}

/** What a sign-in there is good for. */
export const worthWords = ({
  trustsAcr,
  demandsLocalPasskey,
}: Pick<ProviderView, 'trustsAcr' | 'demandsLocalPasskey'>): string => {
  if (demandsLocalPasskey) return 'says who comes; a passkey of this place is then made or tapped'
  return trustsAcr === 'phr'
    ? 'is enough to look around where a passkey was used there; acts take a tap here all the same'
    : 'says who comes; without a passkey used there it opens nothing'
}

/** One line a group, as in `engineering = devs`. */
export const mapToText = (map: Record<string, string>): string =>
  Object.entries(map)
    .map(([there, here]) => `${there} = ${here}`)
    .join('\n')

/** @returns the map, or what is wrong with the first line that is none */
export function textToMap(text: string): Record<string, string> | string {
  const map = new Map<string, string>()
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const at = line.lastIndexOf('=')
    const [there, here] = [line.slice(0, Math.max(at, 0)).trim(), line.slice(at + 1).trim()]
    if (at === -1 || there === '' || !/^[a-zA-Z0-9][a-zA-Z0-9-]{1,62}$/.test(here))
      return `“${line.trim()}” is not “group there = group here”, with letters, digits and - in the second.`
    map.set(there, here)
  }
  return Object.fromEntries(map)
}

/** Domains as people type them: by comma, space or line. */
export const textToDomains = (text: string): string[] => [
  ...new Set(
    text
      .toLowerCase()
      .split(/[\s,;]+/)
      .map((name) => name.replace(/^@/, ''))
      .filter((name) => name !== ''),
  ),
]
