import { Button, Checkbox, Group, Paper, Radio, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { api } from '../../api/client.ts'
import { hasCode } from '../../api/problem.ts'
import { refresh } from '../../api/queries.ts'
import type { EditStart, FileChange, MadeCommit } from '../../api/shapes.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { Words } from '../../ui/words.tsx'
import type { Place } from '../code/use-place.ts'

interface CommitFormProps {
  place: Place
  start: EditStart
  /** What the commit is called where nobody says otherwise. */
  title: string
  /** Why it cannot be sent yet. */
  reason: string | null
  changes: () => FileChange[] | Promise<FileChange[]>
  onMade: (made: MadeCommit) => void
  onCancel: () => void
}

/** The words of a commit and where it goes: to the branch, where that may be, or to a new one with its pull request. */
export function CommitForm({ place, start, title, reason, changes, onMade, onCancel }: CommitFormProps) {
  const { branch, head, refusal, suggestedBranch, mustSign } = start
  const { form, act, onSubmit } = useActForm({
    initialValues: {
      title: '',
      body: '',
      way: refusal === null ? 'direct' : 'propose',
      newBranch: suggestedBranch,
      sign: true,
    },
    validate: { newBranch: (value, { way }) => (way === 'propose' ? required('a name')(value) : null) },
    act: async (values) =>
      api.post<MadeCommit>(`${place.api}/commits`, {
        branch,
        expectedHead: head,
        message: `${values.title.trim() || title}\n\n${values.body}`,
        changes: await changes(),
        sign: values.sign || mustSign !== null,
        ...(values.way === 'propose' ? { newBranch: values.newBranch.trim(), pullRequest: true } : {}),
      }),
    onDone: (made: MadeCommit) => {
      void refresh(place.api)
      onMade(made)
    },
  })
  const isProposed = form.values.way === 'propose'
  return (
    <Paper withBorder p="md" component="section" aria-label="Commit">
      <form onSubmit={onSubmit}>
        <Stack gap="md" maw={720}>
          {refusal !== null && (
            <Text>
              <Words>{refusal.title}</Words> Your change goes to a new branch, and its pull request opens at once.
            </Text>
          )}
          <TextInput label="Title" placeholder={title} maxLength={250} {...form.getInputProps('title')} />
          <Textarea
            label="Description"
            description="If it needs one: why this change?"
            autosize
            minRows={2}
            maxRows={12}
            maxLength={15_000}
            {...form.getInputProps('body')}
          />
          {refusal === null && (
            <Radio.Group label="Where it goes" {...form.getInputProps('way')}>
              <Stack gap={6} mt={6}>
                <Radio value="direct" label={`To ${branch}, at once`} />
                <Radio value="propose" label="To a new branch, with a pull request" />
              </Stack>
            </Radio.Group>
          )}
          {isProposed && (
            <TextInput label="New branch" maxLength={250} maw={360} {...form.getInputProps('newBranch')} />
          )}
          <Checkbox
            label="Sign with your passkey"
            description={
              mustSign === null ? (
                'One tap signs the commit itself: “git verify-commit” shows that it was you.'
              ) : (
                <Words>{mustSign}</Words>
              )
            }
            disabled={mustSign !== null}
            {...form.getInputProps('sign', { type: 'checkbox' })}
          />
          <ProblemAlert
            error={act.error}
            action={
              hasCode(act.error, 'branch-moved', 'ref-moved') && !isProposed ? (
                <Button size="xs" variant="default" onClick={() => form.setFieldValue('way', 'propose')}>
                  Propose it on a new branch
                </Button>
              ) : undefined
            }
          />
          <Group gap="sm">
            <ReasonedButton type="submit" loading={act.isPending} reason={reason}>
              {isProposed ? 'Propose change' : `Commit to ${branch}`}
            </ReasonedButton>
            <Button variant="default" onClick={onCancel} disabled={act.isPending}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  )
}
