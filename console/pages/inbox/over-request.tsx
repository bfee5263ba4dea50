import { Anchor, Button, Stack, Text } from '@mantine/core'
import type { SealRequest } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { EntryLayout } from '../entry/entry-layout.tsx'
import { endings } from './asked-words.ts'

/** What became of it, and the two ways on. */
export function OverRequest({
  request,
  state,
}: {
  request: SealRequest
  state: Exclude<SealRequest['state'], 'open'>
}) {
  const { title, text } = endings[state]
  return (
    <EntryLayout title={title} lead={request.facts.title}>
      <Stack>
        <Text role="status">{text}</Text>
        <Button component="a" href={paths.inbox} variant="default">
          See what else waits
        </Button>
        <Anchor href={paths.home} ta="center">
          Go to Home
        </Anchor>
      </Stack>
    </EntryLayout>
  )
}
