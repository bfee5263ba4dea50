import { Blockquote, Stack, Text } from '@mantine/core'
import type { NewcomerView } from '../../api/shapes.ts'
import { dayWords } from '../../ui/plain-words.ts'

/** What somebody should know before they come in: which address they get, until when, and what they were written. */
export const InvitationFacts = ({ newcomer: { email, endsAt, by, message } }: { newcomer: NewcomerView }) => (
  <Stack gap="xs">
    {message && (
      <Blockquote p="sm" my={0} {...(by ? { cite: by } : {})}>
        {message}
      </Blockquote>
    )}
    <Text size="sm">
      For <strong>{email}</strong>
      {endsAt !== null && <>. Your access ends by itself on {dayWords(endsAt)}</>}.
    </Text>
  </Stack>
)
