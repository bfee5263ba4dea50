import { List, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ProviderView } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { kindWords } from './place-words.ts'

type Kind = ProviderView['kind']

const steps: Record<Kind, ReactNode[]> = {
  okta: [
    'Applications → Create App Integration → OIDC, Web Application. Grant type: Authorization Code.',
    'Sign-in redirect URI: the first address above. Nothing else belongs there.',
    'Assignments: the people or groups who may come.',
    'Copy client id and client secret. The issuer is your Okta address, such as https://example.okta.com.',
    'For groups: Sign On → OpenID Connect ID Token → Groups claim type Filter, name groups, matches regex .*',
    'To believe its passkeys: an authentication policy that asks for a phishing-resistant factor; Okta then says phr or phrh.',
  ],
  entra: [
    'Entra admin center → App registrations → New registration. Single tenant. Redirect URI: Web, the first address above.',
    'Certificates & secrets → New client secret. Copy its value, and the Application (client) id.',
    'The issuer has your Directory (tenant) id in it: https://login.microsoftonline.com/<tenant id>/v2.0. The shared addresses (common, organizations) are refused: they speak for every tenant.',
    'Token configuration → optional claims of the ID token: email and xms_edov. Without xms_edov its address is whatever somebody typed, and joins nobody.',
    'For groups: add the groups claim, “groups assigned to the application”. They come as object ids.',
  ],
  google: [
    'Google Cloud console → APIs & Services → OAuth consent screen: Internal. Then Credentials → OAuth client ID, Web application.',
    'Authorised redirect URI: the first address above. Copy client id and client secret.',
    'The issuer is https://accounts.google.com. Only accounts that your Workspace manages are joined by their address.',
    'Google sends no groups.',
  ],
  other: [
    'Register a confidential web client with the authorization code flow (PKCE is always used).',
    'Redirect URI: the first address above, exactly.',
    'The issuer is what stands before /.well-known/openid-configuration. ID tokens must be signed with RS, PS, ES or Ed keys.',
    'It must send email and email_verified: true, in the ID token or by its userinfo, for people to get an account by it.',
  ],
}

/** What to do over there, beside what is done here. */
export const PlaceRecipe = ({ kind, returnUri, logoutUri }: { kind: Kind; returnUri: string; logoutUri: string }) => (
  <Stack gap="sm" component="section" aria-label={`In ${kindWords[kind]}`}>
    <Title order={3} size="h4">
      In {kind === 'other' ? 'the other place' : kindWords[kind]}
    </Title>
    <CopyBlock label="Redirect URI" lines={[returnUri]} what="the redirect URI" />
    <CopyBlock label="Back-channel logout URI (optional)" lines={[logoutUri]} what="the logout URI" />
    <List type="ordered" spacing="xs" size="sm">
      {steps[kind].map((step, index) => (
        <List.Item key={index}>{step}</List.Item>
      ))}
    </List>
    <Text size="sm" c="dimmed">
      Whoever controls that place decides who comes in by it. What matters still takes a tap on a key of this place.
    </Text>
  </Stack>
)
