import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import type { PersonAdded } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'

/** A one-time link, to be handed to the person; it is not shown again. */
export const LinkMade = ({ made, onClose }: { made: PersonAdded; onClose: () => void }) => (
  <Alert color="gray" icon={<IconLink />} title={`Send this link to ${made.person.displayName}`}>
    <Stack gap="sm">
      <CopyBlock lines={[made.link]} what="the link" />
      <Text size="sm">
        It works once and ends <TimeAgo at={made.expiresAt} />. Whoever opens it becomes {made.person.displayName}, so
        send it where only they read. Afterwards you vouch here for the passkey they made.
      </Text>
      <Group>
        <Button size="xs" variant="default" onClick={onClose}>
          Done
        </Button>
      </Group>
    </Stack>
  </Alert>
)
