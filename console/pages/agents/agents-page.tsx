import { Button, Stack, Text } from '@mantine/core'
import { IconPlus, IconRobot } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { AgentView, Items } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useFirstOnes } from '../../ui/whole-list.tsx'
import { useUrlState } from '../../url-state.ts'
import { PeopleTabs } from '../people/people-tabs.tsx'
import { AgentCard } from './agent-card.tsx'
import { NewAgent } from './new-agent.tsx'

const agentsQuery = getQuery<Items<AgentView>>('/agents')

export const fetchAhead: FetchAhead = () => [queryClient.ensureQueryData(agentsQuery)]

/** Programs with an identity of their own: they propose, people tap. */
export function AgentsPage() {
  const isAdmin = isAdministrator(useMe())
  const { data } = useSuspenseQuery(agentsQuery)
  const { shown, more } = useFirstOnes(data.items)
  const [isNew, setNew] = useUrlState<'yes' | ''>('new', '')
  const newButton = isAdmin && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setNew('yes')}>
      New agent
    </Button>
  )
  return (
    <>
      <PageHeader title="Agents" action={data.items.length > 0 && newButton} />
      <PeopleTabs here="agents" />
      {data.items.length === 0 ? (
        <EmptyState icon={<IconRobot size={32} />} title="No agents yet" action={newButton}>
          A bot, a build or an AI agent gets a name of its own: it pushes branches and opens pull requests, and can
          never approve or merge.{!isAdmin && ' An administrator adds one.'}
        </EmptyState>
      ) : (
        <Stack>
          <Text c="dimmed" maw={640}>
            Agents come in with tokens alone. They push and propose; what takes a tap, they ask a person for. Each ends
            with whoever answers for it.
          </Text>
          {shown.map((agent) => (
            <AgentCard key={agent.id} agent={agent} isAdmin={isAdmin} />
          ))}
          {more}
        </Stack>
      )}
      <NewAgent isOpen={isAdmin && isNew === 'yes'} onClose={() => setNew('')} />
    </>
  )
}
