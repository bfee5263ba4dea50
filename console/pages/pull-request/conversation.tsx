import { Grid, Group, Paper, Stack, Text, Timeline } from '@mantine/core'
import type { PullRequestView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { Oid } from '../../ui/oid.tsx'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { RepositoryMarkdown } from '../code/repository-markdown.tsx'
import { Checklist } from './checklist.tsx'
import { CloseButton } from './close-button.tsx'
import { MergedCard } from './merged-card.tsx'
import type { PullRequestPlace, PullRequestTabProps } from './use-pull-request.ts'

/** What it is for, what happened to it, and what it still needs. */
export function Conversation({ place, repository, pullRequest }: PullRequestTabProps) {
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack gap="xl">
          <Paper withBorder p="md" component="section" aria-label="Description">
            {pullRequest.description.trim() === '' ? (
              <Text c="dimmed">No description.</Text>
            ) : (
              <RepositoryMarkdown
                place={place}
                refName={pullRequest.headOid}
                defaultBranch={repository.defaultBranch}
                directory=""
                text={pullRequest.description}
              />
            )}
          </Paper>
          <History place={place} pullRequest={pullRequest} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }} order={{ base: -1, md: 2 }}>
        <Stack gap="md">
          {pullRequest.state === 'merged' ? (
            <MergedCard place={place} repository={repository} pullRequest={pullRequest} />
          ) : (
            <Checklist place={place} pullRequest={pullRequest} />
          )}
          <Group>
            <CloseButton place={place} pullRequest={pullRequest} />
          </Group>
        </Stack>
      </Grid.Col>
    </Grid>
  )
}

const History = ({ place, pullRequest }: { place: PullRequestPlace; pullRequest: PullRequestView }) => (
  <Timeline bulletSize={26} lineWidth={1} aria-label="What happened">
    {pullRequest.timeline.map((event, index) => (
      <Timeline.Item key={index} bullet={event.actor ? <PersonAvatar person={event.actor} size="sm" /> : null}>
        <Text size="sm">
          {event.sentence}{' '}
          {event.oid && <Oid oid={event.oid} href={paths.commit(place.project, place.name, event.oid)} />}
        </Text>
        <Text size="sm" c="dimmed">
          <TimeAgo at={event.at} />
        </Text>
      </Timeline.Item>
    ))}
  </Timeline>
)
