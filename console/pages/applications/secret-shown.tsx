import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { ApplicationMade } from '../../api/shapes.ts'
import { ValuesToCopy } from './values-to-copy.tsx'

/** The one moment in which a new secret can be read. */
export const SecretShown = ({ made, onClose }: { made: ApplicationMade; onClose: () => void }) => (
  <Alert color="gray" icon={<IconKey />} title="Copy this now: it is shown only once.">
    <Stack gap="sm" align="stretch">
      <ValuesToCopy values={made.shownOnce} />
      <Text size="sm">
        The secret before it works on for a while, so that nothing stops while you put this one in place.
      </Text>
      <div>
        <Button variant="default" size="xs" onClick={onClose}>
          I have copied it
        </Button>
      </div>
    </Stack>
  </Alert>
)
