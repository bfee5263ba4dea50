import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { AgentView, ApiTokenMade, ApiTokenView, Items } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { WholeList } from '../../ui/whole-list.tsx'
import { NewTokenForm } from '../account/new-token-form.tsx'
import { TokenMade } from '../account/token-made.tsx'
import { TokenRow } from '../account/token-row.tsx'

/** What an agent comes in with. Only whoever answers for it, and administrators, see this. */
export function AgentTokens({ agent }: { agent: AgentView }) {
  const list = `/agents/${agent.username}/tokens`
  const tokens = useQuery(getQuery<Items<ApiTokenView>>(list))
  const [isNew, setNew] = useState(false)
  const [made, setMade] = useState<ApiTokenMade | null>(null)
  const onMade = (token: ApiTokenMade) => {
    setMade(token)
    setNew(false)
  }
  if (tokens.isPending) return <RowSkeletons rows={1} />
  if (tokens.isError) return <ProblemAlert error={tokens.error} />
  const { items } = tokens.data
  return (
    <Stack mt="md">
      {made && <TokenMade made={made} username={agent.username} onClose={() => setMade(null)} />}
      {items.length > 0 ? (
        <WholeList label={`Tokens of ${agent.displayName}`}>
          {items.map((token) => (
            <TokenRow key={token.id} token={token} list={list} onMade={setMade} />
          ))}
        </WholeList>
      ) : (
        !isNew && (
          <Text size="sm" c="dimmed">
            It has no token, so nothing comes in with its name. Give it a role in a repository too: it reaches only what
            it was given.
          </Text>
        )
      )}
      {isNew ? (
        <NewTokenForm agent={agent.username} onMade={onMade} onCancel={() => setNew(false)} />
      ) : (
        <Group>
          <Button size="xs" onClick={() => setNew(true)}>
            New token
          </Button>
        </Group>
      )}
    </Stack>
  )
}
