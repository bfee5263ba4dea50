import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { ConnectionMade as Made } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { ConnectionRecipe } from './connection-recipe.tsx'

/** The one moment in which the token can be read, with the recipe that says where it goes. */
export function ConnectionMade({ made, onClose }: { made: Made; onClose: () => void }) {
  const { connection, token, baseUrl } = made
  return (
    <Alert
      color="gray"
      icon={<IconKey />}
      title={`The token for ${connection.name}. Copy it now: it is shown only once.`}
    >
      <Stack gap="md">
        <CopyBlock lines={[token]} what="the token" />
        {connection.formerTokenUntil !== null && (
          <Text size="sm">
            The token before this one still works and ends <TimeAgo at={connection.formerTokenUntil} />, so that nothing
            stops while you put this one in place.
          </Text>
        )}
        <ConnectionRecipe kind={connection.kind} baseUrl={baseUrl} />
        <Group>
          <Button variant="default" size="xs" onClick={onClose}>
            I have copied it
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
