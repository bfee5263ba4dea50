import { Badge, Group, List, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { ApplicationView, RouteForm, RouteStateView } from '../../api/shapes.ts'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { claimWords, routeRuleSentence } from './route-words.ts'

/** Where a tool behind the proxy is, whether it answers, what it is told, and which parts of it take more. */
export function RouteSection({ application }: { application: ApplicationView }) {
  const settings = application.settings as RouteForm
  const { identityHeaders = {}, publicPaths = [], rules = [] } = settings
  const path = `/applications/${encodeURIComponent(application.slug)}/route`
  const { data: state } = useQuery({ ...getQuery<RouteStateView>(path), refetchInterval: 15_000 })
  const told = Object.entries(identityHeaders).map(([name, claim]) => `${claimWords[claim]} as ${name}`)
  return (
    <Section title="Behind the proxy">
      <Stack gap="xs" style={{ overflowWrap: 'anywhere' }}>
        <Group gap="xs">
          <Text>
            {settings.host} leads to {settings.upstream}
            {settings.connector === undefined ? '' : `, through the connector ${settings.connector}`}
          </Text>
          {state && settings.by !== 'forward-auth' && <State state={state} />}
        </Group>
        {state?.state === 'down' && state.problem !== null && <Text size="sm">{state.problem}</Text>}
        {told.length > 0 && <Text size="sm">It is told: {told.join(', ')}.</Text>}
        {publicPaths.length > 0 && <Text size="sm">Open to everybody: {publicPaths.join(', ')}.</Text>}
        {settings.programs === true && <Text size="sm">Programs may come too, with tokens of their own.</Text>}
        {rules.length > 0 && (
          <List size="sm" spacing={4}>
            {rules.map((rule, index) => (
              <List.Item key={index}>
                {rule.title}: {routeRuleSentence(rule)}
              </List.Item>
            ))}
          </List>
        )}
      </Stack>
    </Section>
  )
}

const words = { up: 'answers', down: 'does not answer', unknown: 'not asked yet' } as const

const State = ({ state: { state, since } }: { state: RouteStateView }) => (
  <>
    <Badge variant="default" tt="none" fw={500} {...(state === 'down' ? { c: 'var(--mantine-color-error)' } : {})}>
      {words[state]}
    </Badge>
    {since !== null && (
      <Text size="sm" c="dimmed">
        <TimeAgo at={since} />
      </Text>
    )}
  </>
)
