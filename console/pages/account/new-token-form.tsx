import { Alert, Checkbox, Paper, Select, Stack, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ApiTokenMade, NewApiToken, RepositorySummary, TokenScope } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { RepositoryPicker } from '../../forms/repository-picker.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { agentScopeWords, scopeWords } from './scope-words.ts'
import { useTokenLifetimes } from './token-lifetimes.ts'

interface NewTokenFormProps {
  /** The repository it is wanted for; chosen from the start. */
  repository?: Pick<RepositorySummary, 'id' | 'path'> | undefined
  /** Username of the agent it is for; without one it is the person's own. */
  agent?: string
  onMade: (made: ApiTokenMade) => void
  onCancel: () => void
}

const renewals = [
  { value: 'never', label: 'No: somebody taps for a new secret' },
  { value: '90', label: 'For 90 days' },
  { value: '365', label: 'For a year' },
  { value: '1095', label: 'For 3 years' },
]

export function NewTokenForm({ repository, agent, onMade, onCancel }: NewTokenFormProps) {
  const lifetimes = useTokenLifetimes({ isOwn: agent === undefined })
  const list = agent === undefined ? '/me/tokens' : `/agents/${agent}/tokens`
  const { form, act, onSubmit } = useActForm({
    initialValues: {
      name: repository ? `git for ${repository.path}` : '',
      scopes: ['repository:read', 'repository:write'] as TokenScope[],
      repositoryIds: repository ? [repository.id] : [],
      days: '30',
      renewsFor: 'never',
    },
    validate: {
      name: required('it a name, such as the machine it is for'),
      scopes: (scopes) => (scopes.length ? null : 'Allow at least one thing'),
    },
    act: ({ name, scopes, repositoryIds, days, renewsFor }) =>
      api.post<ApiTokenMade>(list, {
        name: name.trim(),
        scopes,
        repositoryIds: repositoryIds.length ? repositoryIds : null,
        expiresInDays: Number(days),
        ...(renewsFor === 'never' ? {} : { renewsForDays: Number(renewsFor) }),
      } satisfies NewApiToken),
    onDone: async (made) => {
      onMade(made)
      await refresh(list)
      if (agent !== undefined) await refresh('/agents')
    },
  })
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate maw={640}>
      <Stack>
        <TextInput
          label="Name"
          placeholder={agent === undefined ? 'git on my laptop' : 'the build server'}
          maxLength={100}
          autoFocus
          {...form.getInputProps('name')}
        />
        <Checkbox.Group label="It may" {...form.getInputProps('scopes')}>
          <Stack gap="xs" mt="xs">
            {(agent === undefined ? scopeWords : agentScopeWords).map(({ scope, label, description }) => (
              <Checkbox key={scope} value={scope} label={label} description={description} />
            ))}
          </Stack>
        </Checkbox.Group>
        <RepositoryPicker
          known={new Map(repository ? [[repository.id, repository.path]] : [])}
          {...form.getInputProps('repositoryIds')}
        />
        {form.values.scopes.includes('act') && (
          <Alert
            color="yellow"
            variant="light"
            icon={<IconAlertTriangle />}
            title="It can ask you for anything you may do"
          >
            {form.values.repositoryIds.length > 0 ? 'In those repositories' : 'People, guardrails, deletions'}: nothing
            happens without your tap, but what you tap for happens. Read each request, refuse what you did not start,
            and end the token there if it is not yours any more.
          </Alert>
        )}
        <Select label="It ends after" data={lifetimes} allowDeselect={false} {...form.getInputProps('days')} />
        <Select
          label="It may renew itself"
          description="A program then trades its secret for the next, without you"
          data={renewals}
          allowDeselect={false}
          {...form.getInputProps('renewsFor')}
        />
        <FormEnd act={act} onCancel={onCancel}>
          Make it with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}
