import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconLink, IconMail } from '@tabler/icons-react'
import type { InvitationMade } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'

/** What became of a tap: letters on their way, or links to hand over, which are not shown again. */
export function InvitationsMade({ made, onClose }: { made: InvitationMade[]; onClose: () => void }) {
  const links = made.flatMap(({ invitation, link }) => (link === null ? [] : [{ email: invitation.email, link }]))
  const isMany = links.length > 1
  return (
    <Alert
      color="gray"
      icon={links.length === 0 ? <IconMail /> : <IconLink />}
      title={
        links.length === 0
          ? made.length === 1
            ? 'The letter is on its way'
            : `${made.length} letters are on their way`
          : isMany
            ? 'Send each of these links to its person'
            : `Send this link to ${links[0]?.email ?? ''}`
      }
    >
      <Stack gap="sm">
        {links.length > 0 && (
          <CopyBlock
            lines={links.map(({ email, link }) => (isMany ? `${email} ${link}` : link))}
            what={isMany ? 'the links' : 'the link'}
            label={isMany ? 'Links to send' : 'Link to send'}
          />
        )}
        <Text size="sm">
          {links.length === 0
            ? 'Each holds a link that works once, for a week.'
            : `${isMany ? 'Each' : 'It'} works once, for a week, and is not shown again. Whoever opens it comes in as the person invited, so send it where only they read.`}
        </Text>
        <Group>
          <Button size="xs" variant="default" onClick={onClose}>
            Done
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
