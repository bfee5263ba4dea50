import { Anchor, Group, Text } from '@mantine/core'
import type { CommitView, RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { Oid } from '../../ui/oid.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import styles from './commit-line.module.css'
import { CommitMark } from './commit-mark.tsx'

/** The last commit of a tree, file or branch: on one line, on a phone on two. */
export function CommitLine({ repository, commit }: { repository: RepositoryView; commit: CommitView }) {
  const href = paths.commit(repository.project, repository.name, commit.oid)
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <CommitMark commit={commit} isCompact />
      <Text size="sm" className={styles.words}>
        <Text span inherit fw={600}>
          {revealHidden(commit.authorName)}
        </Text>{' '}
        <Anchor href={href} inherit c="inherit">
          {revealHidden(commit.subject) || '(no message)'}
        </Anchor>
        <Text span inherit c="dimmed" hiddenFrom="xs">
          {', '}
          <TimeAgo at={commit.committedAt} />
        </Text>
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
