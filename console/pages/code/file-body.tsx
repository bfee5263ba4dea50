import { Alert, Anchor, Box, Code, Stack, Text } from '@mantine/core'
import { IconEyeExclamation } from '@tabler/icons-react'
import { useLocation } from '@tanstack/react-router'
import { Suspense, lazy, useMemo } from 'react'
import type { FileView } from '../../api/shapes.ts'
import { downloads, paths } from '../../paths.ts'
import { hasHidden, revealHidden } from '../../ui/code-hidden.ts'
import { languageOf } from '../../ui/code-language.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { fileSize } from '../../ui/file-size.ts'
import { resolvePath } from '../../ui/markdown-links.ts'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useGo } from '../../url-state.ts'
import { RepositoryMarkdown } from './repository-markdown.tsx'
import type { Place } from './use-place.ts'

const CodeView = lazy(async () => ({ default: (await import('../../ui/code-view.tsx')).CodeView }))

interface FileBodyProps {
  file: FileView
  place: Place
  refName: string | undefined
  defaultBranch: string
  /** Markdown rendered instead of its source. */
  isRead: boolean
}

export function FileBody(props: FileBodyProps) {
  const { file } = props
  if (file.kind === 'symlink') return <Symlink {...props} target={file.text ?? ''} />
  if (file.lfs !== null) return <LargeFile {...props} lfs={file.lfs} />
  if (file.kind === 'binary') return <Note>This is a binary file. Download it to look inside.</Note>
  if (file.kind === 'too-large' || file.text === null)
    return <Note>This file is too large to show here. Download it to read it.</Note>
  if (file.text === '') return <Note>This file is empty.</Note>
  if (!props.isRead) return <Source path={file.path} text={file.text} />
  return (
    <Box p={{ base: 'md', sm: 'xl' }} maw={860}>
      <RepositoryMarkdown
        text={file.text}
        place={props.place}
        refName={props.refName}
        defaultBranch={props.defaultBranch}
        directory={directoryOf(file.path)}
      />
    </Box>
  )
}

const directoryOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')))

const Note = ({ children }: React.PropsWithChildren) => (
  <Text p="lg" c="dimmed">
    {children}
  </Text>
)

/** By the names for which the server says that it is a picture. */
const isPicture = (path: string) => /\.(png|jpe?g|gif|webp)$/i.test(path)

function LargeFile({
  file,
  place,
  refName,
  defaultBranch,
  lfs,
}: FileBodyProps & { lfs: NonNullable<FileView['lfs']> }) {
  const { project, name } = place
  const showsPicture = lfs.isHere && isPicture(file.path)
  return (
    <Stack p="lg" gap="sm">
      {showsPicture && (
        <img
          src={downloads.raw(project, name, file.path, refName ?? defaultBranch)}
          alt={file.path}
          style={{ maxWidth: '100%', maxHeight: '70vh', alignSelf: 'flex-start' }}
        />
      )}
      <Text c="dimmed">
        {lfs.isHere
          ? `Git LFS keeps this file, ${fileSize(lfs.size)}.${showsPicture ? '' : ' Download it to look inside.'}`
          : `Git LFS keeps this file, ${fileSize(lfs.size)}, and it is not on this server. Whoever has it can bring it:`}
      </Text>
      {!lfs.isHere && <CopyBlock lines={['git lfs push --all origin']} />}
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        SHA-256, as it stands in the commit: <Code>{lfs.oid}</Code>
      </Text>
    </Stack>
  )
}

function Source({ path, text }: { path: string; text: string }) {
  const { pathname, searchStr, hash } = useLocation()
  const go = useGo()
  const isHiding = useMemo(() => hasHidden(text), [text])
  return (
    <>
      {isHiding && (
        <Alert
          variant="light"
          color="yellow"
          radius={0}
          icon={<IconEyeExclamation />}
          title="This file holds hidden characters"
        >
          They can make code read differently from what it does. Each is marked where it stands.
        </Alert>
      )}
      <Suspense
        fallback={
          <Box p="md">
            <RowSkeletons rows={8} height={16} />
          </Box>
        }
      >
        <CodeView
          text={text}
          language={languageOf(path)}
          label={`Contents of ${path}`}
          hash={hash}
          onSelect={(next) => go(`${pathname}${searchStr}#${next}`, { replace: true })}
        />
      </Suspense>
    </>
  )
}

function Symlink({ file, place, refName, target }: FileBodyProps & { target: string }) {
  const path = target.startsWith('/') ? null : resolvePath(directoryOf(file.path), target)
  return (
    <Note>
      A symbolic link to{' '}
      {path ? (
        <Anchor href={paths.file(place.project, place.name, path, refName)} ff="monospace">
          {revealHidden(target)}
        </Anchor>
      ) : (
        <>
          <Code>{revealHidden(target)}</Code>, which lies outside this repository
        </>
      )}
    </Note>
  )
}
