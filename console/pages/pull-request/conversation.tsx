import { Group, Paper, Stack, Text } from '@mantine/core'
import { Checklist } from './checklist.tsx'
import { CloseButton } from './close-button.tsx'
import { DraftButton } from './draft-button.tsx'
import { MergedCard } from './merged-card.tsx'
import { useReviewing } from './reviewing.tsx'
import { Checks } from './side-checks.tsx'
import { Reviewers } from './side-reviewers.tsx'
import { Talk } from './talk.tsx'
import styles from './talk.module.css'

/** What it is for, what happened and was said, and beside it what it still needs and from whom. */
export function Conversation({ onReview }: { onReview: () => void }) {
  const { place, repository, pullRequest, review, markdown } = useReviewing()
  const openThread = review?.threads.find(
    ({ path, resolvedAt, comments }) =>
      path !== null && resolvedAt === null && comments.some(({ isDraft }) => !isDraft),
  )
  return (
    <div className={styles.page}>
      <div className={styles.box}>
        {pullRequest.state === 'merged' ? (
          <MergedCard place={place} repository={repository} pullRequest={pullRequest} />
        ) : (
          <Checklist place={place} pullRequest={pullRequest} openThread={openThread} />
        )}
      </div>
      <Stack gap="xl" className={styles.words}>
        <Paper withBorder p="md" component="section" aria-label="Description">
          {pullRequest.description.trim() === '' ? (
            <Text c="dimmed">No description.</Text>
          ) : (
            markdown(pullRequest.description)
          )}
        </Paper>
        <Talk />
      </Stack>
      <Stack gap="md" className={styles.side}>
        {review && <Reviewers review={review} onReview={onReview} />}
        <Checks checks={pullRequest.checks} />
        <Group gap="sm" align="flex-start">
          {!pullRequest.isDraft && <DraftButton place={place} pullRequest={pullRequest} />}
          <CloseButton place={place} pullRequest={pullRequest} />
        </Group>
      </Stack>
    </div>
  )
}
