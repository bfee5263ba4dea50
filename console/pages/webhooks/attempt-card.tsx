import { Stack, Text } from '@mantine/core'
import type { AttemptView } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { readable, tookWords } from './webhook-words.ts'

const headerLines = (headers: AttemptView['requestHeaders']) => headers.map(({ name, value }) => `${name}: ${value}`)

/** One request and what came back. */
export function AttemptCard({ attempt, isOnly }: { attempt: AttemptView; isOnly: boolean }) {
  const { number, status, error, responseBody, isCut } = attempt
  return (
    <Stack gap="xs" component="section" aria-label={`Attempt ${number}`}>
      <Text size="sm" fw={600}>
        {isOnly ? 'The attempt' : `Attempt ${number}`}, <TimeAgo at={attempt.startedAt} />:{' '}
        {error ?? `It answered ${status}.`}{' '}
        <Text span inherit fw={400} c="dimmed">
          Took {tookWords(attempt.durationMs)}.
        </Text>
      </Text>
      <CopyBlock
        label="Request"
        lines={[`POST ${attempt.url}`, ...headerLines(attempt.requestHeaders)]}
        what="the request’s headers"
      />
      {status !== null && (
        <CopyBlock
          label="Answer"
          lines={[`HTTP ${status}`, ...headerLines(attempt.responseHeaders)]}
          what="the answer’s headers"
        />
      )}
      {responseBody !== '' && (
        <CopyBlock
          label={isCut ? 'What it said, as far as it is kept' : 'What it said'}
          lines={[isCut ? responseBody : readable(responseBody)]}
          what="the answer’s text"
        />
      )}
    </Stack>
  )
}
