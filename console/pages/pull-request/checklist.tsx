import { Alert, Anchor, Button, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import type { Mergeability, PullRequestView, ThreadView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { AutoMerge } from './auto-merge.tsx'
import { CheckLine } from './check-line.tsx'
import { Conflicts } from './conflicts.tsx'
import { DraftButton } from './draft-button.tsx'
import type { PullRequestPlace } from './use-pull-request.ts'

interface ChecklistProps {
  place: PullRequestPlace
  pullRequest: PullRequestView
  openThread?: ThreadView | undefined
}

/** What stands between this pull request and its merge, and the button when nothing does. */
export function Checklist({ place, pullRequest, openThread }: ChecklistProps) {
  const { mergeability, can } = pullRequest
  const isDraft = pullRequest.isDraft && pullRequest.state === 'open'
  const isReady = mergeability.state === 'ready' && can.merge
  const merge = (query: { past?: string } = {}) => paths.merge(place.project, place.name, place.number, query)
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
              <CheckLine key={check.label} check={check} openThread={openThread} />
            ))}
          </List>
        )}
        {mergeability.state === 'conflicts' && <Conflicts pullRequest={pullRequest} />}
        {mergeability.heldBy && (
          <Alert variant="light" color="gray">
            {mergeability.heldBy.displayName} has the merge page open and may be about to tap.
            {isReady && ' Ask for it as well, and you wait a minute at most.'}
          </Alert>
        )}
        <Group gap="sm">
          {isDraft && can.edit ? (
            <DraftButton place={place} pullRequest={pullRequest} />
          ) : (
            <Button {...(isReady ? { component: 'a' as const, href: merge() } : { disabled: true })}>
              Merge with a tap
            </Button>
          )}
          {!isReady && (
            <Text size="sm" c="dimmed">
              {reason(mergeability, pullRequest)}
            </Text>
          )}
        </Group>
        {!isReady && <AutoMerge place={place} pullRequest={pullRequest} />}
        {mergeability.state === 'not-ready' && can.bypassRefusal === null && (
          <Text size="sm" c="dimmed">
            An emergency? You may{' '}
            <Anchor href={merge({ past: 'rule' })} inherit>
              merge past the rule…
            </Anchor>
          </Text>
        )}
      </Stack>
    </Paper>
  )
}

function headline(mergeability: Mergeability, pullRequest: PullRequestView): string {
  switch (mergeability.state) {
    case 'conflicts':
      return `In conflict with ${pullRequest.targetBranch}`
    case 'nothing-to-merge':
      return 'Nothing to merge'
    case 'source-missing':
      return `The branch ${pullRequest.sourceBranch} is gone`
    case 'draft':
      return 'A draft'
    case 'closed':
      return 'Closed'
    default:
      return 'Not yet'
  }
}

function reason({ state }: Mergeability, { sourceBranch, targetBranch }: PullRequestView): string {
  switch (state) {
    case 'conflicts':
      return 'Both branches changed the same lines.'
    case 'nothing-to-merge':
      return `${targetBranch} already has every commit of ${sourceBranch}.`
    case 'source-missing':
      return `Push ${sourceBranch} again, or close this pull request.`
    case 'draft':
      return 'Nothing merges a draft.'
    case 'closed':
      return 'Reopen it to merge it.'
    default:
      return 'See above what is missing.'
  }
}
