import { needsAddress } from './asks.ts'
import type { Recipe } from './recipe.ts'

export const aws: Recipe = {
  id: 'aws',
  product: 'AWS',
  kind: 'saml',
  about: 'All accounts of an organisation, by IAM Identity Center',
  ran: 'documentation',
  source: 'https://docs.aws.amazon.com/singlesignon/latest/userguide/how-to-connect-idp.html',
  sourceName: 'Connect to an external identity provider',
  asks: [
    {
      name: 'awsIssuer',
      label: 'IAM Identity Center issuer URL',
      example: 'https://eu-central-1.signin.aws.amazon.com/platform/saml/d-0123456789',
      hint: 'AWS shows it under service provider metadata, while you change the identity source.',
    },
    {
      name: 'awsAcs',
      label: 'IAM Identity Center assertion consumer service (ACS) URL',
      example: 'https://eu-central-1.signin.aws.amazon.com/platform/saml/acs/0a1b2c3d',
      hint: 'Stands beside it.',
    },
    { name: 'portal', label: 'AWS access portal', example: 'https://d-0123456789.awsapps.com/start' },
  ],
  slug: 'aws',
  description: 'Cloud accounts and their consoles',
  launchUrl: '{portal}',
  settings: { entityId: '{awsIssuer}', acsUrls: ['{awsAcs}'], nameId: 'email' },
  steps: [
    {
      text: 'IAM Identity Center → Settings → Identity source → Actions → Change identity source → External identity provider.',
    },
    { text: 'Copy the two addresses it shows into the form on this page, and finish this page with a tap.' },
    {
      text: 'Identity provider metadata: open this address, save what it answers as a file, and upload that.',
      values: ['metadataUrl'],
    },
    { text: 'Type ACCEPT, and change the source.' },
    {
      text: 'Add each person there as a user whose username is their e-mail address here, and give them accounts and permission sets.',
    },
  ],
  notes: [
    'AWS learns of people only when somebody adds them there: this sign-in makes no users.',
    'A session of the portal lives as long as AWS says, also after somebody’s access has ended here. Keep it short under Settings → Authentication.',
    needsAddress,
  ],
}
