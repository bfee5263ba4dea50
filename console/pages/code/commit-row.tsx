import { Anchor, Box, Group, Text } from '@mantine/core'
import type { CommitView, RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { Oid } from '../../ui/oid.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { CommitMark } from './commit-mark.tsx'
import styles from './rows.module.css'

const checkWords = ({ success, pending, failure }: NonNullable<CommitView['checks']>): string =>
  failure > 0
    ? `, ${failure} of ${success + pending + failure} checks failed`
    : pending > 0
      ? ', checks running'
      : ', checks passed'

/** One commit in a list. */
export function CommitRow({ repository, commit }: { repository: RepositoryView; commit: CommitView }) {
  const href = paths.commit(repository.project, repository.name, commit.oid)
  return (
    <li className={styles.row}>
      <Box miw={0}>
        <Anchor href={href} fw={550} c="inherit" style={{ overflowWrap: 'anywhere' }}>
          {revealHidden(commit.subject) || '(no message)'}
        </Anchor>
        <Text size="sm" c="dimmed">
          {revealHidden(commit.authorName)}
          {commit.committerName !== commit.authorName && `, committed by ${revealHidden(commit.committerName)}`},{' '}
          <TimeAgo at={commit.committedAt} />
          {commit.checks && checkWords(commit.checks)}
        </Text>
      </Box>
      <Group gap="sm" wrap="nowrap">
        <CommitMark commit={commit} />
        <Oid oid={commit.oid} href={href} />
      </Group>
    </li>
  )
}
