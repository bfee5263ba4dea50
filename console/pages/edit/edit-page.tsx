import { Button, Stack, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { EditStart, FileChange } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { useGo } from '../../url-state.ts'
import { type AtPath, PathFrame } from '../code/path-frame.tsx'
import { CommitForm } from './commit-form.tsx'
import { EditFrame } from './edit-frame.tsx'
import { inField, withEndsOf } from './line-ends.ts'
import { useLeaveGuard } from './leave-guard.tsx'
import { TextEditor } from './text-editor.tsx'

export const EditPage = () => (
  <PathFrame titleOf={(path) => `Edit ${path}`} pathOf={paths.editFile}>
    {(at) => <EditFrame {...at}>{(start) => <Edit {...at} start={start} />}</EditFrame>}
  </PathFrame>
)

function Edit({ start, ...at }: AtPath & { start: EditStart }) {
  const { place, path } = at
  const refusal = start.file?.refusal
  if (!start.file || start.file.text === null || refusal)
    return (
      <EmptyState
        title={refusal?.title ?? 'This file cannot be edited here.'}
        action={
          <Button component="a" variant="default" href={paths.file(place.project, place.name, path, at.refName)}>
            Back to the file
          </Button>
        }
      >
        {refusal?.help}
      </EmptyState>
    )
  return <EditText {...at} start={start} original={start.file.text} />
}

function EditText({ start, original, ...at }: AtPath & { start: EditStart; original: string }) {
  const { place, path, refName } = at
  const before = useMemo(() => inField(original), [original])
  const [text, setText] = useState(before)
  const [name, setName] = useState(path)
  const go = useGo()
  const to = name.trim()
  const hasNewText = text !== before
  const hasNewName = to !== path
  const { letGo, question } = useLeaveGuard(hasNewText || hasNewName)
  const hrefOf = (file: string) => paths.file(place.project, place.name, file, refName)

  const changes = (): FileChange[] => {
    const content = withEndsOf(original, text)
    if (!hasNewName) return [{ action: 'write', path, content }]
    return [{ action: 'rename', path, to, ...(hasNewText ? { content } : {}) }]
  }
  const reason = to === '' ? 'Give the file a name first' : !hasNewText && !hasNewName ? 'Change something first' : null
  return (
    <Stack gap="md">
      <TextInput
        label="Path"
        description="Another path moves the file; a slash makes folders."
        value={name}
        maxLength={4096}
        onChange={(event) => setName(event.currentTarget.value)}
        spellCheck={false}
        maw={720}
      />
      <TextEditor {...at} path={to} before={before} value={text} onChange={setText} />
      <CommitForm
        place={place}
        start={start}
        title={hasNewName ? `${hasNewText ? 'Change and move' : 'Move'} ${path} to ${to}` : `Update ${path}`}
        reason={reason}
        changes={changes}
        onMade={({ pullRequest }) => {
          letGo()
          go(pullRequest === null ? hrefOf(to) : paths.pullRequest(place.project, place.name, pullRequest))
        }}
        onCancel={() => go(hrefOf(path))}
      />
      {question}
    </Stack>
  )
}
