import { askAddress, needsAddress } from './asks.ts'
import type { Recipe } from './recipe.ts'

const source =
  'https://confluence.atlassian.com/enterprise/openid-connect-for-atlassian-data-center-applications-987142159.html'

/** One app of Atlassian’s serves all three; only the way to its page differs. */
const dataCenter = (
  own: Pick<Recipe, 'id' | 'product' | 'about' | 'slug' | 'description'> & { page: string },
): Recipe => {
  const { page, ...named } = own
  return {
    ...named,
    kind: 'openid',
    ran: 'documentation',
    source,
    sourceName: 'OpenID Connect for Atlassian Data Center applications',
    asks: [askAddress(`https://${own.slug}.example.com`)],
    launchUrl: '{address}/',
    settings: {
      redirectUris: ['{address}/plugins/servlet/oidc/callback'],
      // Not every release of the app sends a challenge.
      pkce: 'optional',
      groups: 'audience',
      // The one that every product has to take.
      idTokenAlgorithm: 'RS256',
    },
    steps: [
      {
        text: `As an administrator: ${page} → Add configuration. Authentication method: OpenID Connect single sign-on.`,
      },
      { text: 'Issuer URL, client ID and client secret:', values: ['issuer', 'clientId', 'clientSecret'] },
      { text: 'Let it fill in the endpoints from the issuer. Additional scopes: profile and email.' },
      {
        text: 'Username mapping. It looks for the claim sub unless it is told otherwise:',
        code: '${preferred_username}',
      },
      {
        text: 'To have accounts made at the first sign-in, switch on just-in-time provisioning: display name ${name}, email ${email}, groups from the claim groups. From then on whoever signs in is in those groups of the product that are told, and in no other: the one that may use the product has to be among them.',
      },
      {
        text: 'Compare the redirect URL that it shows with the one on this page. Keep the login form until you have signed in once.',
      },
    ],
    notes: [
      'It takes Data Center: Jira 8.15, Confluence 7.12 or Bitbucket 7.12, or newer. What Atlassian calls Server has no such sign-in of its own.',
      needsAddress,
    ],
  }
}

export const jiraDataCenter = dataCenter({
  id: 'jira-data-center',
  product: 'Jira Data Center',
  about: 'Issue tracker, on your own machines',
  slug: 'jira',
  description: 'Issues and plans',
  page: 'Administration → System → Authentication methods',
})

export const confluenceDataCenter = dataCenter({
  id: 'confluence-data-center',
  product: 'Confluence Data Center',
  about: 'Wiki, on your own machines',
  slug: 'confluence',
  description: 'What we know, written down',
  page: 'General configuration → Users & security → Authentication methods',
})

export const bitbucketDataCenter = dataCenter({
  id: 'bitbucket-data-center',
  product: 'Bitbucket Data Center',
  about: 'Git server, on your own machines',
  slug: 'bitbucket',
  description: 'Repositories elsewhere',
  page: 'Administration → Accounts → Authentication methods',
})
