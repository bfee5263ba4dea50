import { Anchor, Badge, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconRobot } from '@tabler/icons-react'
import type { AgentView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { counted } from '../../ui/plain-words.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useUrlState } from '../../url-state.ts'
import { AgentTokens } from './agent-tokens.tsx'
import { ChangeOwner } from './change-owner.tsx'

export function AgentCard({ agent, isAdmin }: { agent: AgentView; isAdmin: boolean }) {
  const [open, setOpen] = useUrlState<string>('agent', '')
  const isOpen = open === agent.username
  const hasEnded = agent.state === 'ended'
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" gap="sm">
        <Stack gap={2} flex="1 1 280px" miw={0}>
          <Group gap="xs">
            <IconRobot size={18} aria-hidden />
            <Text fw={600}>{agent.displayName}</Text>
            <Text c="dimmed">{agent.username}</Text>
            {hasEnded && (
              <Badge variant="default" tt="none">
                Ended
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" component="div">
            {agent.isMine ? 'You answer for it' : `${agent.owner?.displayName ?? 'Nobody'} answers for it`} ·{' '}
            {agent.tokenCount === 0 ? 'no token' : counted(agent.tokenCount, 'token')} ·{' '}
            {agent.lastUsedAt === null ? (
              'never used'
            ) : (
              <>
                last used <TimeAgo at={agent.lastUsedAt} />
              </>
            )}
          </Text>
          {agent.owner === null && !hasEnded && (
            <Text size="sm">Its tokens do not work until somebody answers for it: hand it over.</Text>
          )}
          {hasEnded && isAdmin && <AfterItsEnd agent={agent} />}
        </Stack>
        {!hasEnded && (
          <Group gap="xs">
            {isAdmin && <ChangeOwner agent={agent} />}
            <Button
              size="xs"
              variant="default"
              aria-expanded={isOpen}
              onClick={() => setOpen(isOpen ? '' : agent.username)}
            >
              {isOpen ? 'Hide tokens' : 'Tokens'}
            </Button>
          </Group>
        )}
      </Group>
      {isOpen && !hasEnded && <AgentTokens agent={agent} />}
    </Paper>
  )
}

/** It is handed over to nobody: what it did stays in the name of whoever answered for it. */
function AfterItsEnd({ agent }: { agent: AgentView }) {
  if (agent.owner === null)
    return <Text size="sm">An agent that has ended is not handed over: add a new one instead.</Text>
  return (
    <Text size="sm">
      It is handed over to nobody while it has ended. Its access is given back{' '}
      <Anchor href={paths.person(agent.username)} inherit>
        on its page
      </Anchor>
      .
    </Text>
  )
}
