import { List, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ConnectionView } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'

type Kind = ConnectionView['kind']

const titles: Record<Kind, string> = {
  okta: 'In Okta',
  entra: 'In Microsoft Entra ID',
  other: 'In your directory',
}

const token = 'the token that is shown here once'

const steps: Record<Kind, ReactNode[]> = {
  okta: [
    'Applications → Create App Integration → choose any sign-in method, then General → Provisioning: SCIM.',
    'Provisioning → Integration: paste the base URL. “Unique identifier field for users” is userName. Tick Push New Users, Push Profile Updates and Push Groups.',
    `Authentication mode: HTTP Header. Paste ${token}, then Test Connector Configuration.`,
    'Provisioning → To App: enable Create Users, Update User Attributes and Deactivate Users. Leave Sync Password off: nothing here takes one.',
    'Assignments: the people. Push Groups: the groups whose members should have a role here.',
  ],
  entra: [
    'Enterprise applications → New application → Create your own application → “not in the gallery”.',
    'Provisioning → Automatic. Tenant URL: the base URL. Secret token: ' + token + '. Test Connection.',
    'Mappings → Users: keep userName, active, displayName, name.givenName, name.familyName and emails[type eq "work"].value. externalId from objectId. Everything else is kept and not used.',
    'Mappings → Groups: displayName, externalId, members.',
    'Users and groups: whom to bring. Then Provisioning status: On. A first cycle starts at once, later ones every 40 minutes.',
  ],
  other: [
    'Any SCIM 2.0 client works. Give it the base URL and, as a bearer token, ' + token + '.',
    'userName is required and unique. The address for letters is the primary or work one of emails; the name shown is displayName, else name.',
    'active: false, or deleting the user, ends everything the person can come in with, at once. active: true gives it back.',
    'It can ask for /ServiceProviderConfig to learn what is supported: PATCH, bulk, filters, sorting, entity tags, both kinds of paging.',
  ],
}

/** What to do over there, beside what is done here. */
export const ConnectionRecipe = ({ kind, baseUrl }: { kind: Kind; baseUrl: string }) => (
  <Stack gap="sm" component="section" aria-label={titles[kind]}>
    <Title order={3} size="h4">
      {titles[kind]}
    </Title>
    <CopyBlock label="Base URL" lines={[baseUrl]} what="the base URL" />
    <List type="ordered" spacing="xs" size="sm">
      {steps[kind].map((step, index) => (
        <List.Item key={index}>{step}</List.Item>
      ))}
    </List>
    <Text size="sm" c="dimmed">
      Nobody comes in by this alone: each person gets a link by which they register their own passkey.
    </Text>
  </Stack>
)
