import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { UseMutationResult } from '@tanstack/react-query'
import { useState } from 'react'
import type { AskedView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { RepositoryPicker } from '../../forms/repository-picker.tsx'
import { FactsTable } from '../../ui/facts-table.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { askedFacts, askedWarning, isSignOn } from './asked-words.ts'

interface AskedCardProps {
  asked: AskedView
  letIn: UseMutationResult<unknown, Error, { repositoryIds: string[] | null }>
  refuse: UseMutationResult<unknown, Error, void>
}

/** Which program asks, for what, from where; where it may do it is chosen here. Then a tap, or not. */
export function AskedCard({ asked, letIn, refuse }: AskedCardProps) {
  const me = useMe()
  const [repositories, setRepositories] = useState<string[]>([])
  const warning = askedWarning(asked)
  const isBusy = letIn.isPending || refuse.isPending
  return (
    <>
      {warning && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle />} title="Was it you who started it?">
          {warning}
        </Alert>
      )}
      <FactsTable facts={askedFacts(asked, me)} />
      {asked.scopes.some((scope) => scope.startsWith('repository:')) && (
        <RepositoryPicker value={repositories} onChange={setRepositories} />
      )}
      <Stack gap="xs">
        <Text size="sm">
          {isSignOn(asked)
            ? 'It can do nothing here in your name.'
            : 'It never approves or merges: that takes your tap each time.'}{' '}
          You can stop it under Account, Programs.
        </Text>
        <ProblemAlert error={letIn.error ?? refuse.error} />
        <Button
          loading={letIn.isPending}
          disabled={isBusy}
          onClick={() => letIn.mutate({ repositoryIds: repositories.length > 0 ? repositories : null })}
        >
          {isSignOn(asked) ? 'Sign in there with a tap' : 'Let it in with a tap'}
        </Button>
        <Button variant="default" loading={refuse.isPending} disabled={isBusy} onClick={() => refuse.mutate()}>
          Refuse
        </Button>
      </Stack>
    </>
  )
}
