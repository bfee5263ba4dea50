import type { ApplicationSummary, Recipe } from '../../api/shapes.ts'

type Kind = ApplicationSummary['kind']

export const kindWords: Record<Kind, string> = {
  openid: 'OpenID Connect',
  saml: 'SAML',
  route: 'Behind the proxy',
}

/** When to choose a kind, for a product that no recipe is about. */
export const kindHelp: Record<Kind, string> = {
  openid: 'The tool has a page that asks for an issuer, a client id and a client secret.',
  saml: 'The tool has a page that asks for an identity provider’s address and certificate.',
  route: 'The tool knows neither OpenID Connect nor SAML. Postern stands in front of it, and tells it who came.',
}

/** Above what is copied from here into the tool. */
export const valuesTitle: Record<Kind, string> = {
  openid: 'To put into the tool',
  saml: 'To put into the tool',
  route: 'For a tool that checks who came',
}

export const routeNeedsNothing =
  'Most tools need none of these. They are for one that checks the signed word about who came, in X-Postern-Jwt-Assertion.'

/** Who may open it, in one line. */
export function audienceWords({ audience, groups }: Pick<ApplicationSummary, 'audience' | 'groups'>): string {
  if (audience === 'everyone') return 'Everyone, guests too'
  if (audience === 'members') return 'Everyone but guests'
  if (groups.length === 0) return 'Nobody: its groups are gone'
  return groups.length === 1 ? `The group ${groups[0]}` : `The groups ${groups.join(', ')}`
}

export const leastWords: Record<'passkey' | 'device-bound' | 'attested', string> = {
  passkey: 'A passkey',
  'device-bound': 'A key that says it cannot be copied (not verified)',
  attested: 'A hardware key of a verified model',
}

/** How far a recipe can be relied on. */
export const ranWords: Record<Recipe['ran'], { badge: string; sentence: string }> = {
  product: { badge: 'Run for real', sentence: 'A test of ours signs somebody in to the real product by this recipe.' },
  documentation: {
    badge: 'From documentation',
    sentence: 'Written from what its makers publish; we have not run it against the product.',
  },
}

/** A short name from a name: what addresses, rules and files call it. */
export const slugFrom = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 39)
