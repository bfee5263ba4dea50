import { Box, Group, Paper, SegmentedControl, Stack } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { AtPath } from '../code/path-frame.tsx'
import { isMarkdown } from '../code/readme.tsx'
import { RepositoryMarkdown } from '../code/repository-markdown.tsx'
import { CodeField } from './code-field.tsx'
import styles from './edit.module.css'
import { folderOf } from './folder.ts'
import { indentOf } from './line-ends.ts'
import { TextChanges } from './text-changes.tsx'

type TextEditorProps = Pick<AtPath, 'place' | 'repository' | 'refName' | 'path'> & {
  /** As the field holds it, before anything was typed. */
  before: string
  value: string
  onChange: (value: string) => void
}

/** Write, look at how it will read, and at what would change. */
export function TextEditor({ place, repository, refName, path, before, value, onChange }: TextEditorProps) {
  const [view, setView] = useState('write')
  const isProse = isMarkdown(path)
  const indent = useMemo(() => indentOf(before), [before])
  const ways = [
    { value: 'write', label: 'Write' },
    ...(isProse ? [{ value: 'preview', label: 'Preview' }] : []),
    { value: 'changes', label: 'Changes' },
  ]
  return (
    <Stack gap="xs">
      <Group>
        <SegmentedControl size="xs" aria-label="Write or look" value={view} onChange={setView} data={ways} />
      </Group>
      {view === 'preview' && isProse ? (
        <Paper withBorder className={styles.shown ?? ''}>
          <Box p={{ base: 'md', sm: 'xl' }} maw={860}>
            <RepositoryMarkdown
              place={place}
              refName={refName}
              defaultBranch={repository.defaultBranch}
              directory={folderOf(path)}
              text={value}
            />
          </Box>
        </Paper>
      ) : view === 'changes' ? (
        <Paper withBorder className={styles.shown ?? ''}>
          <TextChanges path={path} before={before} after={value} />
        </Paper>
      ) : (
        <CodeField
          label={path === '' ? 'Contents' : `Contents of ${path}`}
          value={value}
          onChange={onChange}
          indent={indent}
          isProse={isProse}
        />
      )}
    </Stack>
  )
}
