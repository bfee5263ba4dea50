import { Alert, Group, Paper, Text } from '@mantine/core'
import { IconFile, IconHistory, IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import { retryWhenBusy } from '../../api/retry-when-busy.ts'
import type { BlameView, FileView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { BlameLines } from './blame-lines.tsx'
import { HeaderLink } from './header-link.tsx'
import { type AtPath, PathFrame } from './path-frame.tsx'
import { PathProblem } from './path-problem.tsx'
import styles from './tree-list.module.css'

export const BlamePage = () => (
  <PathFrame titleOf={(path) => `Blame of ${path}`} pathOf={paths.blame}>
    {(at) => <Blame key={at.path} {...at} />}
  </PathFrame>
)

function Blame({ place, repository, refName, path }: AtPath) {
  const ref = refName ?? repository.defaultBranch
  const { data: file, error: fileError } = useQuery(getQuery<FileView>(`${place.api}/file`, { ref, path }))
  // Of exactly the text that is shown.
  const { data: blame, error } = useQuery({
    ...getQuery<BlameView>(`${place.api}/blame`, { ref: file?.oid, path }),
    enabled: file !== undefined,
    staleTime: Infinity,
    retry: retryWhenBusy,
  })
  if (fileError ?? error) return <PathProblem place={place} error={fileError ?? error} />
  if (!file || !blame) return <RowSkeletons rows={8} height={36} />
  const text = file.text ?? ''
  return (
    <Paper withBorder style={{ overflow: 'hidden' }}>
      <Group justify="space-between" className={styles.header} gap="xs">
        <Text size="sm" c="dimmed">
          Who wrote each line, and what brought it in
        </Text>
        <Group gap="xs" className={styles.acts}>
          <HeaderLink href={paths.file(place.project, place.name, path, refName)} icon={IconFile} label="File" />
          <HeaderLink
            href={paths.commits(place.project, place.name, { ref: refName, path })}
            icon={IconHistory}
            label="History"
          />
        </Group>
      </Group>
      {!blame.isComplete && (
        <Alert variant="light" color="gray" radius={0} icon={<IconInfoCircle />} title="Not all of it is known">
          The history of this file is too long to look through here. Clone the repository and run git blame for the
          rest.
        </Alert>
      )}
      {text === '' ? (
        <Text p="lg" c="dimmed">
          This file is empty.
        </Text>
      ) : (
        <BlameLines place={place} refName={refName} path={path} text={text} blame={blame} />
      )}
    </Paper>
  )
}
