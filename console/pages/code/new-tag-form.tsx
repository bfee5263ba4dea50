import { Button, Paper, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { CommitView, PageOf } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { withQuery } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { changeLines } from './comparison-words.ts'
import type { Place } from './use-place.ts'

interface NewTagFormProps {
  place: Place
  /** Branch, tag or commit that is to be tagged, unless another is typed. */
  target: string
  /** The newest tag that there is. */
  last: string | undefined
  onDone: () => void
}

/** A tag that its person makes and signs by one tap. */
export function NewTagForm({ place, target, last, onDone }: NewTagFormProps) {
  const path = `${place.api}/tags`
  const { form, act, onSubmit } = useActForm({
    initialValues: { name: '', target, message: '' },
    validate: { name: required('it a name'), target: required('a branch or a commit') },
    act: ({ name, target: at, message }) => api.post(path, { name: name.trim(), target: at.trim(), message }),
    async onDone() {
      await refresh(path)
      onDone()
    },
  })
  return (
    <Paper withBorder p="md" mb="lg" component="form" onSubmit={onSubmit} noValidate aria-label="New tag">
      <Stack>
        <TextInput label="Name" placeholder="v1.0" maxLength={240} autoFocus {...form.getInputProps('name')} />
        <TextInput
          label="Branch or commit"
          description="A branch is taken as it stands when you tap; a commit by its id"
          maxLength={300}
          {...form.getInputProps('target')}
        />
        <Textarea
          label="Message"
          description="What is new, for whoever reads the tag. The name stands for it where this is empty."
          autosize
          minRows={3}
          maxRows={20}
          maxLength={20_000}
          {...form.getInputProps('message')}
        />
        {last !== undefined && (
          <SinceLast
            place={place}
            from={last}
            to={() => form.getValues().target.trim()}
            onRead={(lines) =>
              form.setFieldValue(
                'message',
                [form.getValues().message.trimEnd() || form.getValues().name.trim(), lines]
                  .filter(Boolean)
                  .join('\n\n'),
              )
            }
          />
        )}
        <Text size="sm" c="dimmed">
          Your key signs the tag itself: “git verify-tag” shows that it was you. A tag is never moved.
        </Text>
        <FormEnd act={act} onCancel={onDone}>
          Make the tag
        </FormEnd>
      </Stack>
    </Paper>
  )
}

interface SinceLastProps {
  place: Place
  from: string
  to: () => string
  onRead: (lines: string) => void
}

/** Writes down what came in since the last tag, for its person to change. */
function SinceLast({ place, from, to, onRead }: SinceLastProps) {
  const read = useMutation({
    mutationFn: () =>
      api.get<PageOf<CommitView>>(withQuery(`${place.api}/compare/commits`, { from: `refs/tags/${from}`, to: to() })),
    onSuccess: (page) => onRead(`Changes since ${from}:\n\n${changeLines(page)}`),
  })
  return (
    <div>
      <Button variant="default" size="xs" loading={read.isPending} onClick={() => read.mutate()}>
        Add what changed since {from}
      </Button>
      <ProblemAlert error={read.error} />
    </div>
  )
}
