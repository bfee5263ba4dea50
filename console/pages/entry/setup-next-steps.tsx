import { Anchor, Card, Group, Stack, Text } from '@mantine/core'
import { IconBook2, IconChevronRight, IconKey, IconTicket, IconUsers } from '@tabler/icons-react'
import { isAdministrator } from '../../api/use-me.ts'
import type { Me } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { EntryLayout } from './entry-layout.tsx'

const ownerSteps = [
  {
    icon: IconBook2,
    title: 'Create a repository',
    text: 'And push to it with stock git.',
    href: paths.newRepository(),
  },
  {
    icon: IconUsers,
    title: 'Invite people',
    text: 'Each gets a one-time link.',
    href: paths.people({ invite: 'yes' }),
  },
]
const memberSteps = [
  { icon: IconTicket, title: 'Make a token', text: 'So that git can push as you.', href: paths.newToken() },
  { icon: IconBook2, title: 'See the projects', text: 'Those you have been given.', href: paths.projects },
]

/** The first passkey exists: three things worth doing next, the most urgent first. */
export const SetupNextSteps = ({ me }: { me: Me }) => (
  <EntryLayout title={`Your passkey works, ${me.displayName}`} lead="You are signed in. Three things worth doing next:">
    <Stack gap="sm">
      {[
        {
          icon: IconKey,
          title: 'Add a second passkey',
          text: 'On another device or key, for the day this one is lost.',
          href: paths.account('passkeys'),
        },
        ...(isAdministrator(me) ? ownerSteps : memberSteps),
      ].map(({ icon: Icon, title, text, href }) => (
        <Card key={href} component="a" href={href} withBorder padding="md">
          <Group wrap="nowrap">
            <Icon size={24} aria-hidden />
            <Stack gap={0} flex={1}>
              <Text fw={600}>{title}</Text>
              <Text size="sm" c="dimmed">
                {text}
              </Text>
            </Stack>
            <IconChevronRight size={18} aria-hidden />
          </Group>
        </Card>
      ))}
    </Stack>
    <Anchor href={paths.home} ta="center">
      Later: go home
    </Anchor>
  </EntryLayout>
)
