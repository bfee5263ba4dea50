import { Button, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconDownload, IconHistory, IconUserEdit } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { hasCode } from '../../api/problem.ts'
import { getQuery } from '../../api/queries.ts'
import type { FileView } from '../../api/shapes.ts'
import { downloads, paths } from '../../paths.ts'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useGo, useUrlState } from '../../url-state.ts'
import { CommitLine } from './commit-line.tsx'
import { FileActs } from './file-acts.tsx'
import { FileBody } from './file-body.tsx'
import { fileSize } from '../../ui/file-size.ts'
import styles from './tree-list.module.css'
import { HeaderLink } from './header-link.tsx'
import { type AtPath, PathFrame } from './path-frame.tsx'
import { PathProblem } from './path-problem.tsx'
import { isMarkdown } from './readme.tsx'

export const FilePage = () => (
  <PathFrame titleOf={(path) => path} pathOf={paths.file}>
    {(at) => <File key={at.path} {...at} />}
  </PathFrame>
)

function File(at: AtPath) {
  const { place, repository, refName, path } = at
  const ref = refName ?? repository.defaultBranch
  const { data: file, error } = useQuery(getQuery<FileView>(`${place.api}/file`, { ref, path }))
  const [view, setView] = useUrlState<'read' | 'source'>('view', 'read')
  const isDirectory = hasCode(error, 'is-directory')
  const go = useGo()
  useEffect(() => {
    // A link in a README does not say whether it leads to a file or to a directory.
    if (isDirectory) go(paths.tree(place.project, place.name, path, refName), { replace: true })
  }, [isDirectory, go, place, path, refName])
  if (error && !isDirectory) return <PathProblem place={place} error={error} />
  if (!file) return <RowSkeletons rows={8} height={36} />
  const isReadable = file.kind === 'text' && file.lfs === null && isMarkdown(path)
  return (
    <Stack gap="md">
      <Paper withBorder px="md" py={10}>
        <CommitLine repository={repository} commit={file.lastCommit} />
      </Paper>
      <Paper withBorder style={{ overflow: 'hidden' }}>
        <Group justify="space-between" className={styles.header} gap="xs">
          <Text size="sm" c="dimmed">
            {describe(file)}
          </Text>
          <Group gap="xs" className={styles.acts}>
            {isReadable && (
              <SegmentedControl
                size="xs"
                value={view}
                onChange={(value) => setView(value === 'source' ? 'source' : 'read')}
                data={[
                  { value: 'read', label: 'Read' },
                  { value: 'source', label: 'Source' },
                ]}
                aria-label="How to show this file"
              />
            )}
            {file.kind === 'text' && file.lfs === null && (
              <HeaderLink
                href={paths.blame(place.project, place.name, path, refName)}
                icon={IconUserEdit}
                label="Blame"
              />
            )}
            <HeaderLink
              href={paths.commits(place.project, place.name, { ref: refName, path })}
              icon={IconHistory}
              label="History"
            />
            <Button
              component="a"
              size="xs"
              variant="default"
              href={downloads.raw(place.project, place.name, path, ref)}
              download
              leftSection={<IconDownload size={14} aria-hidden />}
            >
              {file.lfs?.isHere === false ? 'Download its pointer' : 'Download'}
            </Button>
            <FileActs at={at} file={file} />
          </Group>
        </Group>
        <FileBody
          file={file}
          place={place}
          refName={refName}
          defaultBranch={repository.defaultBranch}
          isRead={isReadable && view === 'read'}
        />
      </Paper>
    </Stack>
  )
}

function describe(file: FileView): string {
  if (file.lfs !== null) return `${fileSize(file.lfs.size)}, kept by Git LFS`
  const size = fileSize(file.size)
  if (file.kind === 'symlink') return 'Symbolic link'
  if (file.kind !== 'text' || file.text === null) return size
  const lines = file.text === '' ? 0 : file.text.replace(/\n$/, '').split('\n').length
  return `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}, ${size}`
}
