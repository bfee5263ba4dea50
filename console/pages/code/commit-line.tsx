import { Anchor, Group, Text } from '@mantine/core'
import type { CommitView, RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { Oid } from '../../ui/oid.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { CommitMark } from './commit-mark.tsx'

/** The last commit of a tree or file, on one line that gives way on a phone. */
export function CommitLine({ repository, commit }: { repository: RepositoryView; commit: CommitView }) {
  const href = paths.commit(repository.project, repository.name, commit.oid)
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <CommitMark commit={commit} isCompact />
      <Text size="sm" truncate miw={0} flex={1}>
        <Text span inherit fw={600}>
          {revealHidden(commit.authorName)}
        </Text>{' '}
        <Anchor href={href} inherit c="inherit">
          {revealHidden(commit.subject) || '(no message)'}
        </Anchor>
      </Text>
      <Text size="sm" c="dimmed" visibleFrom="xs">
        <TimeAgo at={commit.committedAt} />
      </Text>
      <Text span visibleFrom="sm">
        <Oid oid={commit.oid} href={href} />
      </Text>
    </Group>
  )
}
