import { FileButton, Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { IconUpload, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type DragEvent, useRef, useState } from 'react'
import { makeProblem, ProblemError } from '../../api/problem.ts'
import { getQuery } from '../../api/queries.ts'
import type { FileChange, TreeView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { QuietButton } from '../../ui/quiet-button.tsx'
import { useGo } from '../../url-state.ts'
import { fileSize } from '../../ui/file-size.ts'
import { CommitForm } from './commit-form.tsx'
import styles from './edit.module.css'
import { folderHref } from './folder.ts'
import { useLeaveGuard } from './leave-guard.tsx'
import type { NewFiles } from './new-files.ts'

// As the server has them.
const mostFiles = 100
const mostBytes = 10 * 1024 ** 2

/** Files from this machine, chosen or dropped, as they are. */
export function UploadFiles({ place, refName, directory, start }: NewFiles) {
  const [folder, setFolder] = useState(directory)
  const [files, setFiles] = useState<readonly File[]>([])
  const [isOver, setIsOver] = useState(false)
  const forgetChosen = useRef<() => void>(null)
  const go = useGo()
  const { letGo, question } = useLeaveGuard(files.length > 0)
  const at = folder.trim().replaceAll(/^\/+|\/+$/g, '')
  const pathOf = ({ name }: File) => (at === '' ? name : `${at}/${name}`)
  const there = useTaken(place.api, start.head, at)
  const add = (more: readonly File[]) =>
    setFiles((before) => [...before.filter(({ name }) => !more.some((file) => file.name === name)), ...more])
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    const items = [...event.dataTransfer.items].filter((item) => !item.webkitGetAsEntry()?.isDirectory)
    add(items.flatMap((item) => item.getAsFile() ?? []))
  }
  const [only, ...others] = files
  const what = only === undefined ? 'files' : others.length === 0 ? pathOf(only) : `${files.length} files`
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  const reason =
    files.length === 0
      ? 'Choose files first'
      : files.length > mostFiles
        ? `One commit takes ${mostFiles} files from here. Push more with git.`
        : bytes > mostBytes
          ? `${files.length === 1 ? 'This is' : 'These are'} ${fileSize(bytes)}, and one commit takes ${fileSize(mostBytes)} from here. Push more with git.`
          : null
  return (
    <Stack gap="md">
      <TextInput
        label="Folder"
        description="Empty for the top of the repository; a slash makes folders."
        value={folder}
        maxLength={4000}
        onChange={(event) => setFolder(event.currentTarget.value)}
        spellCheck={false}
        maw={720}
      />
      <div
        className={styles.drop}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(true)
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        <Stack align="center" gap="xs">
          <FileButton multiple onChange={add} resetRef={forgetChosen}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />}>
                Choose files
              </Button>
            )}
          </FileButton>
          <Text size="sm" c="dimmed" ta="center" style={{ textWrap: 'balance' }}>
            or drop them here: {mostFiles} files and {fileSize(mostBytes)} at most. By the name of one that is there, a
            file takes its place.
          </Text>
        </Stack>
      </div>
      {files.length > 0 && (
        <List listStyleType="none" spacing={4} aria-label="Files to upload">
          {files.map((file) => (
            <List.Item key={file.name}>
              <Group gap="xs" wrap="nowrap">
                <QuietButton
                  aria-label={`Leave out ${file.name}`}
                  onClick={() => {
                    setFiles(files.filter((other) => other !== file))
                    // Else the same one could not be chosen again.
                    forgetChosen.current?.()
                  }}
                >
                  <IconX size={14} />
                </QuietButton>
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {pathOf(file)}{' '}
                  <Text span inherit c="dimmed">
                    {fileSize(file.size)}
                    {there.has(file.name) && ', takes the place of the one there'}
                  </Text>
                </Text>
              </Group>
            </List.Item>
          ))}
        </List>
      )}
      {/* Where a finger cannot rest on the button to read why it is off. */}
      {files.length > 0 && reason !== null && (
        <Text size="sm" c="var(--mantine-color-error)" role="status">
          {reason}
        </Text>
      )}
      <CommitForm
        place={place}
        start={start}
        title={`Upload ${what}`}
        reason={reason}
        changes={() => Promise.all(files.map((file) => asChange(file, pathOf(file))))}
        onMade={({ pullRequest }) => {
          letGo()
          go(
            pullRequest === null
              ? folderHref(place, at, refName)
              : paths.pullRequest(place.project, place.name, pullRequest),
          )
        }}
        onCancel={() => go(folderHref(place, directory, refName))}
      />
      {question}
    </Stack>
  )
}

/** Names in this folder; none where there is no such folder yet. */
function useTaken(api: string, head: string, path: string): ReadonlySet<string> {
  const { data } = useQuery(getQuery<TreeView>(`${api}/tree`, { ref: head, path }))
  return new Set(data?.entries.map(({ name }) => name))
}

async function asChange(file: File, path: string): Promise<FileChange> {
  const bytes = await file.arrayBuffer().catch((cause: unknown) => {
    const title = `${file.name} cannot be read any more`
    throw new ProblemError(makeProblem('unreadable-file', title, 'Leave it out, or choose it again.'), { cause })
  })
  const url = await asDataUrl(new Blob([bytes]))
  return { action: 'write', path, content: url.slice(url.indexOf(',') + 1), encoding: 'base64' }
}

/** The one way to base64 that every browser has for many bytes. */
function asDataUrl(blob: Blob): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const reader = new FileReader()
  reader.addEventListener('load', () => resolve(reader.result as string))
  reader.addEventListener('error', () => reject(reader.error ?? new Error('not read')))
  reader.readAsDataURL(blob)
  return promise
}
