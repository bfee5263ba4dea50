import { Alert, Anchor, Button, Code, Stack, Text, Textarea } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { api } from '../../api/client.ts'
import { hasCode } from '../../api/problem.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useGo } from '../../url-state.ts'
import { EntryLayout } from '../entry/entry-layout.tsx'

/** For the day no owner gets in: the sealed code, once. */
export function BreakGlassPage() {
  const go = useGo()
  const { form, act, onSubmit } = useActForm({
    initialValues: { code: '' },
    validate: { code: required('the code') },
    act: ({ code }) => api.post<{ link: string }>('/break-glass/use', { code }, { isSignInOptional: true }),
    onDone: ({ link }) => go(link.slice(new URL(link).origin.length), { replace: true }),
  })
  return (
    <EntryLayout title="Break the glass" lead="For the day no owner gets in, with the code from the sealed envelope.">
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          <Textarea
            label="Break-glass code"
            description="32 letters and digits in eight groups; capitals and dashes do not matter"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            autosize
            minRows={2}
            maxLength={200}
            autoFocus
            styles={{ input: { fontFamily: 'monospace' } }}
            {...form.getInputProps('code')}
          />
          <Alert color="red" p="sm" icon={<IconAlertTriangle />} title="Everybody will know">
            <Text size="sm">
              The code works once. Everybody who administers this place is told now, and a second person looks at
              everything that is done with it. It lifts no guardrail: on the server,{' '}
              <Code>npm run postern -- admin guardrails off</Code> does.
            </Text>
          </Alert>
          {/* What is wrong with the code stands below it. */}
          {!hasCode(act.error, 'invalid-input') && <ProblemAlert error={act.error} />}
          <Button type="submit" size="md" color="red.8" loading={act.isPending || act.isSuccess}>
            {act.isError ? 'Try again' : 'Break the glass'}
          </Button>
          <Anchor href={paths.signIn()} size="sm">
            Back to sign-in
          </Anchor>
        </Stack>
      </form>
    </EntryLayout>
  )
}
