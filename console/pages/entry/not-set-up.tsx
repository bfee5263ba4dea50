import { Code, Stack, Text } from '@mantine/core'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { EntryLayout } from './entry-layout.tsx'

export const NotSetUp = () => (
  <EntryLayout title="Not set up yet" lead="Nobody can sign in here before the first owner has made a passkey.">
    <Stack gap="sm">
      <Text>
        The set-up link stands in the terminal where Postern was started. It begins with this address and{' '}
        <Code>/-/setup#</Code>, works once, and for one hour.
      </Text>
      <Text>Gone or expired? Restart Postern and it prints a new one, or run this on the server:</Text>
      <CopyBlock lines={['npm run postern -- admin setup-link']} />
    </Stack>
  </EntryLayout>
)
