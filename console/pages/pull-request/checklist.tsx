import { Alert, Button, Group, List, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import type { Mergeability, PullRequestView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { conflictCommands } from './conflict-help.ts'
import type { PullRequestPlace } from './use-pull-request.ts'

/** What stands between this pull request and its merge, and the button when nothing does. */
export function Checklist({ place, pullRequest }: { place: PullRequestPlace; pullRequest: PullRequestView }) {
  const { mergeability, can } = pullRequest
  const isReady = mergeability.state === 'ready' && can.merge
  return (
    <Paper withBorder p="md" component="section" aria-label="Merging">
      <Stack gap="md">
        <Title order={2} fz="md">
          {isReady ? 'Ready to merge' : headline(mergeability, pullRequest)}
        </Title>
        {mergeability.checks.length > 0 && (
          <List
            spacing={6}
            size="sm"
            center={false}
            listStyleType="none"
            styles={{ itemWrapper: { alignItems: 'flex-start' } }}
          >
            {mergeability.checks.map((check) => (
              <Check key={check.label} check={check} />
            ))}
          </List>
        )}
        {mergeability.state === 'conflicts' && <Conflicts pullRequest={pullRequest} />}
        {mergeability.heldBy && (
          <Alert variant="light" color="gray">
            {mergeability.heldBy.displayName} has the merge page open and may be about to tap.
          </Alert>
        )}
        <Group gap="sm">
          <Button
            {...(isReady
              ? { component: 'a' as const, href: paths.merge(place.project, place.name, place.number) }
              : { disabled: true })}
          >
            Merge with a tap
          </Button>
          {!isReady && (
            <Text size="sm" c="dimmed">
              {reason(mergeability, pullRequest)}
            </Text>
          )}
        </Group>
      </Stack>
    </Paper>
  )
}

const Check = ({ check }: { check: Mergeability['checks'][number] }) => (
  <List.Item
    icon={
      <ThemeIcon
        size={18}
        mt={2}
        radius="xl"
        variant="light"
        color={check.isMet ? 'teal' : 'red'}
        role="img"
        aria-label={check.isMet ? 'Met' : 'Missing'}
      >
        {check.isMet ? <IconCheck size={12} /> : <IconX size={12} />}
      </ThemeIcon>
    }
  >
    {check.label}
    {!check.isMet && check.help && (
      <Text size="sm" c="dimmed">
        {check.help}
      </Text>
    )}
    {!check.isMet && check.needs === 'key' && (
      <Button component="a" href={paths.account('passkeys')} size="xs" variant="default" mt={6}>
        Add a key
      </Button>
    )}
  </List.Item>
)

function headline(mergeability: Mergeability, pullRequest: PullRequestView): string {
  switch (mergeability.state) {
    case 'conflicts':
      return 'It conflicts with the branch it goes into'
    case 'nothing-to-merge':
      return 'Nothing to merge'
    case 'source-missing':
      return `The branch ${pullRequest.sourceBranch} is gone`
    case 'closed':
      return 'Closed'
    default:
      return 'Not yet'
  }
}

function reason({ state, heldBy }: Mergeability, { sourceBranch, targetBranch }: PullRequestView): string {
  switch (state) {
    case 'conflicts':
      return `Both branches changed the same lines. Settle it on ${sourceBranch}, then push.`
    case 'nothing-to-merge':
      return `${targetBranch} already has every commit of ${sourceBranch}.`
    case 'source-missing':
      return `Push ${sourceBranch} again, or close this pull request.`
    case 'closed':
      return 'Reopen it to merge it.'
    default:
      return heldBy === null ? 'See above what is missing.' : 'Wait until that merge is done or given up.'
  }
}

const LISTED = 20

function Conflicts({ pullRequest }: { pullRequest: PullRequestView }) {
  const { conflicts } = pullRequest.mergeability
  return (
    <Stack gap="sm">
      <Text size="sm" fw={500}>
        {conflicts.length === 1
          ? 'The file in conflict'
          : `The ${conflicts.length.toLocaleString('en')} files in conflict`}
      </Text>
      <List size="sm" ff="monospace" spacing={2} style={{ overflowWrap: 'anywhere' }}>
        {conflicts.slice(0, LISTED).map((path) => (
          <List.Item key={path}>{revealHidden(path)}</List.Item>
        ))}
      </List>
      {conflicts.length > LISTED && (
        <Text size="sm" c="dimmed">
          and {conflicts.length - LISTED} more
        </Text>
      )}
      <CopyBlock
        label="Settle it in your clone"
        lines={conflictCommands(pullRequest.sourceBranch, pullRequest.targetBranch)}
      />
    </Stack>
  )
}
