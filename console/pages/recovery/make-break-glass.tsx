import { Button, Group, Paper, Stack } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import { useInstance, useMe } from '../../api/use-me.ts'
import { PersonSelect } from '../../forms/person-select.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { SecretSheet } from './secret-sheet.tsx'

/** An owner makes the one code that lets this owner in; a former unused one is void. */
export function MakeBreakGlass() {
  const me = useMe()
  const { url } = useInstance()
  const { form, act, onSubmit } = useActForm({
    initialValues: { username: me.username },
    validate: { username: required('whom it lets in') },
    act: ({ username }) => api.post<{ code: string }>('/break-glass', { username }),
    onDone: () => refresh('/break-glass'),
  })
  if (act.data)
    return (
      <SecretSheet
        title={`Break-glass code for ${new URL(url).host}`}
        note={`Lets whoever holds it in as the owner ${form.values.username}, once, at ${url}/-/break-glass. Everybody who administers it is told at that moment. It is shown only now.`}
        codes={[act.data.code]}
        what="the code"
        onClose={() => act.reset()}
      />
    )
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate maw={640}>
      <Stack>
        <PersonSelect
          label="Which owner it lets in"
          description="One that is kept for this alone is best. A new code voids the former one."
          value={form.values.username || null}
          {...(form.values.username === me.username ? { valueName: me.displayName } : {})}
          onChange={(username) => form.setFieldValue('username', username ?? '')}
          error={form.errors['username']}
        />
        <ProblemAlert error={act.error} />
        <Group>
          <Button type="submit" variant="default" loading={act.isPending}>
            Make a break-glass code with a tap
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
