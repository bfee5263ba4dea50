import { Group, SegmentedControl, Stack, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import type { RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { useGo, useUrlQuery, useUrlState } from '../../url-state.ts'
import { RefPicker } from '../code/ref-picker.tsx'
import { RepositoryFrame } from '../code/repository-frame.tsx'
import { usePlace, useRefName } from '../code/use-place.ts'
import { CommitForm } from './commit-form.tsx'
import { EditFrame } from './edit-frame.tsx'
import { folderHref } from './folder.ts'
import { withEndsOf } from './line-ends.ts'
import { useLeaveGuard } from './leave-guard.tsx'
import type { NewFiles } from './new-files.ts'
import { TextEditor } from './text-editor.tsx'
import { UploadFiles } from './upload-files.tsx'

export const NewFilePage = () => (
  <RepositoryFrame tab="code" title="Add files">
    {(repository) => <NewFile repository={repository} />}
  </RepositoryFrame>
)

function NewFile({ repository }: { repository: RepositoryView }) {
  const place = usePlace()
  const refName = useRefName()
  const { in: directory = '' } = useUrlQuery()
  const [way, setWay] = useUrlState<'write' | 'upload'>('as', 'write')
  const at = { place, repository, refName, directory }
  return (
    <>
      <Group gap="md" mb="md">
        <RefPicker
          api={place.api}
          current={refName ?? repository.defaultBranch}
          hrefOf={(ref) => paths.newFile(place.project, place.name, { ref, in: directory, as: way })}
        />
        <Title order={1} size="h3">
          Add files
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="How to add files"
          value={way}
          onChange={(value) => setWay(value === 'upload' ? 'upload' : 'write')}
          data={[
            { value: 'write', label: 'Write one' },
            { value: 'upload', label: 'Upload' },
          ]}
        />
      </Group>
      <EditFrame {...at}>
        {(start) => (way === 'upload' ? <UploadFiles {...at} start={start} /> : <WriteFile {...at} start={start} />)}
      </EditFrame>
    </>
  )
}

function WriteFile({ place, repository, refName, directory, start }: NewFiles) {
  const folder = directory === '' ? '' : `${directory}/`
  const [name, setName] = useState(folder)
  const [text, setText] = useState('')
  const go = useGo()
  const path = name.trim()
  const { letGo, question } = useLeaveGuard(text !== '' || name !== folder)
  const isNamed = path !== '' && !path.endsWith('/')
  return (
    <Stack gap="md">
      <TextInput
        label="Path"
        description="A slash makes folders."
        placeholder="docs/notes.md"
        value={name}
        maxLength={4096}
        onChange={(event) => setName(event.currentTarget.value)}
        spellCheck={false}
        maw={720}
      />
      <TextEditor
        place={place}
        repository={repository}
        refName={refName}
        path={path}
        before=""
        value={text}
        onChange={setText}
      />
      <CommitForm
        place={place}
        start={start}
        title={isNamed ? `Add ${path}` : 'Add a file'}
        reason={isNamed ? null : 'Give the file a name first'}
        changes={() => [{ action: 'add', path, content: withEndsOf('', text) }]}
        onMade={({ pullRequest }) => {
          letGo()
          go(
            pullRequest === null
              ? paths.file(place.project, place.name, path, refName)
              : paths.pullRequest(place.project, place.name, pullRequest),
          )
        }}
        onCancel={() => go(folderHref(place, directory, refName))}
      />
      {question}
    </Stack>
  )
}
