import { needsAddress } from './asks.ts'
import type { Recipe } from './recipe.ts'

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

/** One sign-in of the whole Atlassian organisation; each product differs only in where it lies. */
const cloud = (
  own: Pick<Recipe, 'id' | 'product' | 'about' | 'slug' | 'description'> & { site: string; notes?: string[] },
): Recipe => {
  const { site, notes = [], ...named } = own
  return {
    ...named,
    kind: 'saml',
    ran: 'documentation',
    source:
      'https://support.atlassian.com/security-and-access-policies/docs/configure-saml-single-sign-on-with-an-identity-provider/',
    sourceName: 'Configure SAML single sign-on with an identity provider',
    asks: [
      {
        name: 'entityUrl',
        label: 'Service provider entity URL',
        example: 'https://auth.atlassian.com/saml/0a1b2c3d',
        hint: 'Atlassian shows it when you have saved the first three values there.',
      },
      {
        name: 'acsUrl',
        label: 'Service provider assertion consumer service URL',
        example: 'https://auth.atlassian.com/login/callback?connection=saml-0a1b2c3d',
        hint: 'Stands beside it.',
      },
      { name: 'site', label: 'Where people work', example: site },
    ],
    launchUrl: '{site}',
    settings: {
      entityId: '{entityUrl}',
      acsUrls: ['{acsUrl}'],
      nameId: 'email',
      attributes: [
        { name: `${claims}/name`, format: 'uri', value: 'id' },
        { name: `${claims}/givenname`, format: 'uri', value: 'name' },
      ],
    },
    steps: [
      {
        text: 'admin.atlassian.com → Security → Identity providers: choose or add a directory, then Set up SAML single sign-on.',
      },
      {
        text: 'Identity provider entity ID, identity provider SSO URL, public x509 certificate:',
        values: ['entityId', 'ssoUrl', 'certificate'],
      },
      { text: 'Save. Atlassian then shows two addresses of its own: they belong into the form on this page.' },
      {
        text: 'Security → Authentication policies: make a policy that enforces single sign-on, and begin with one account in it. When that one comes in, move the others.',
      },
    ],
    notes: [
      ...notes,
      'It takes Atlassian Guard and a verified domain: only accounts at a domain of yours are sent here.',
      'One sign-in serves every product of the Atlassian organisation. Set it up once, whichever of them people open first.',
      'What people see is their whole name as the first name: nothing is known here of first and last names.',
      needsAddress,
    ],
  }
}

export const jiraCloud = cloud({
  id: 'jira-cloud',
  product: 'Jira Cloud',
  about: 'Issue tracker at Atlassian',
  slug: 'jira',
  description: 'Issues and plans',
  site: 'https://acme.atlassian.net/jira',
})

export const confluenceCloud = cloud({
  id: 'confluence-cloud',
  product: 'Confluence Cloud',
  about: 'Wiki at Atlassian',
  slug: 'confluence',
  description: 'What we know, written down',
  site: 'https://acme.atlassian.net/wiki',
})

export const trello = cloud({
  id: 'trello',
  product: 'Trello',
  about: 'Boards, by the Atlassian account',
  slug: 'trello',
  description: 'Boards',
  site: 'https://trello.com/',
  notes: ['People sign in to Trello with their Atlassian account, and that account is what is sent here.'],
})
