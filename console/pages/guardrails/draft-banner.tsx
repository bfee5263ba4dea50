import { Alert, Button, Group, Text } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { paths } from '../../paths.ts'
import { counted } from '../../ui/plain-words.ts'
import type { Draft } from './draft.ts'
import { listEdits } from './policy-edits.ts'

/** A change begun and not saved is not forgotten. */
export function DraftBanner({ draft, onDiscard }: { draft: Draft; onDiscard: () => void }) {
  const edits = listEdits(draft.base, draft.policy).length
  return (
    <Alert color="gray" icon={<IconPencil />} title="You have changes that are not saved">
      <Group justify="space-between" gap="sm">
        <Text size="sm">
          {edits ? `${counted(edits, 'guardrail')} would change. ` : ''}Nothing takes effect before you have reviewed
          and tapped.
        </Text>
        <Group gap="xs">
          <Button component="a" href={paths.guardrailReview} size="xs">
            Review
          </Button>
          <Button size="xs" variant="default" onClick={onDiscard}>
            Discard
          </Button>
        </Group>
      </Group>
    </Alert>
  )
}
