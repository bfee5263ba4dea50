import { List, Stack, Text } from '@mantine/core'
import type { PullRequestView } from '../../api/shapes.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { conflictCommands } from './conflict-help.ts'

const LISTED = 20

/** Which files conflict, and the lines that settle it in a clone. */
export function Conflicts({ pullRequest }: { pullRequest: PullRequestView }) {
  const { conflicts } = pullRequest.mergeability
  return (
    <Stack gap="sm">
      <Text size="sm" fw={500}>
        {conflicts.length === 1
          ? 'The file in conflict'
          : `The ${conflicts.length.toLocaleString('en')} files in conflict`}
      </Text>
      <List size="sm" ff="monospace" spacing={2} style={{ overflowWrap: 'anywhere' }}>
        {conflicts.slice(0, LISTED).map((path) => (
          <List.Item key={path}>{revealHidden(path)}</List.Item>
        ))}
      </List>
      {conflicts.length > LISTED && (
        <Text size="sm" c="dimmed">
          and {conflicts.length - LISTED} more
        </Text>
      )}
      <CopyBlock
        label="Settle it in your clone"
        lines={conflictCommands(pullRequest.sourceBranch, pullRequest.targetBranch)}
      />
    </Stack>
  )
}
