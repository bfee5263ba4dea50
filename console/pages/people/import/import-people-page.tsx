import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { refresh } from '../../../api/queries.ts'
import type { ImportDone, ImportPreview, List } from '../../../api/shapes.ts'
import type { FetchAhead } from '../../../fetch-ahead.ts'
import { paths } from '../../../paths.ts'
import { PageHeader } from '../../../ui/page-header.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../../ui/reasoned-button.tsx'
import { people } from './count-people.ts'
import { ImportResult } from './import-result.tsx'
import { PreviewList } from './preview-list.tsx'

export const fetchAhead: FetchAhead = () => []

const example =
  'username,email,displayName,role,groups,passwordHash,endsAt\nana,ana@example.com,Ana Example,member,crew,,'

/** Many people at once, from a list that another system exported: looked at row by row before anybody is made. */
export function ImportPeoplePage() {
  const [text, setText] = useState('')
  const look = useMutation({ mutationFn: (list: List) => api.post<ImportPreview>('/people/import/preview', list) })
  const carryOut = useMutation({
    mutationFn: (list: List) => api.post<ImportDone>('/people/import', list),
    onSuccess: () => refresh('/people'),
  })
  const list = listOf(text)
  const change = (next: string) => {
    setText(next)
    look.reset()
    carryOut.reset()
  }
  const load = async (file: File | null) => {
    if (file) change(await file.text())
  }
  const good = look.data ? look.data.total - look.data.leftOut : 0
  return (
    <>
      <PageHeader
        title="Import people"
        crumbs={[{ label: 'People', href: paths.people() }]}
        description="A CSV or JSON file as another system exports it. You see what it would do before anybody is added."
      />
      <Stack>
        {carryOut.data ? (
          <ImportResult done={carryOut.data} onAgain={() => change('')} />
        ) : (
          <Stack maw={820}>
            <Textarea
              label="List"
              description="Each row needs username and email. It can have displayName, role, groups, passwordHash (argon2id, bcrypt or scrypt) and endsAt."
              placeholder={example}
              autosize
              minRows={6}
              maxRows={16}
              spellCheck={false}
              value={text}
              onChange={({ currentTarget: { value } }) => change(value)}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
            />
            <Group gap="xs">
              <FileButton accept=".csv,.json,text/csv,application/json" onChange={(file) => void load(file)}>
                {(props) => (
                  <Button {...props} variant="default" leftSection={<IconUpload size={18} aria-hidden />}>
                    Choose a file
                  </Button>
                )}
              </FileButton>
              <ReasonedButton
                variant={look.data ? 'default' : 'filled'}
                reason={text.trim() === '' ? 'Paste a list or choose a file first' : null}
                loading={look.isPending}
                onClick={() => look.mutate(list)}
              >
                See what it would do
              </ReasonedButton>
            </Group>
            <ProblemAlert error={look.error ?? carryOut.error} />
          </Stack>
        )}
        {look.data && !carryOut.data && (
          <Stack>
            <PreviewList preview={look.data} />
            <Group>
              <Button disabled={good === 0} loading={carryOut.isPending} onClick={() => carryOut.mutate(list)}>
                Import {people(good).toLowerCase()}
              </Button>
              <Text size="sm" c="dimmed">
                Takes a tap on your key.{' '}
                {look.data.byMail ? 'Links go out by mail.' : 'You get the links to hand over.'}
              </Text>
            </Group>
          </Stack>
        )}
      </Stack>
    </>
  )
}

const listOf = (text: string): List => ({ format: /^\s*\[/.test(text) ? 'json' : 'csv', text })
