import { Anchor, Paper, Stack, Text } from '@mantine/core'
import type { CommitView } from '../../api/shapes.ts'
import { downloads } from '../../paths.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import type { Place } from './use-place.ts'

interface SignedPushCardProps {
  place: Place
  signedPush: NonNullable<CommitView['signedPush']>
}

/** That a branch came to stand here by `git push --signed`, and what was signed. */
export const SignedPushCard = ({ place, signedPush }: SignedPushCardProps) => (
  <Paper withBorder p="md" component="section" aria-label="Signed push">
    <Stack gap="xs" fz="sm">
      <Text fw={600} fz="sm" style={{ overflowWrap: 'anywhere' }}>
        {signedPush.label}
      </Text>
      <Text inherit c="dimmed">
        Pushed <TimeAgo at={signedPush.receivedAt} />.{' '}
        {signedPush.strength === null
          ? 'It did not count as a tap.'
          : `It was the tap for this push: a touch${signedPush.withPin ? ' and a PIN' : ''}${signedPush.strength === 'attested' ? ' on a hardware key of a verified model' : ''}.`}
      </Text>
      <Anchor inherit href={downloads.pushCertificate(place.project, place.name, signedPush.digest)} download>
        The certificate that was signed
      </Anchor>
    </Stack>
  </Paper>
)
