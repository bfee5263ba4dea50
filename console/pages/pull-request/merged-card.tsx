import { Anchor, Paper, Stack, Text, Title } from '@mantine/core'
import { paths } from '../../paths.ts'
import { ProofCard } from '../../ui/proof-card.tsx'
import { ProofMark } from '../../ui/proof-mark.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { METHODS } from './merge-methods.ts'
import { RevertButton } from './revert-button.tsx'
import type { PullRequestTabProps } from './use-pull-request.ts'

/** Who merged it, when, and what proves it. */
export const MergedCard = ({ place, pullRequest }: PullRequestTabProps) => (
  <Paper withBorder p="md" component="section" aria-label="Merged">
    <Stack gap="sm">
      <Title order={2} fz="md">
        Merged <ProofMark proof={pullRequest.mergeProof} />
      </Title>
      <Text size="sm" c="dimmed">
        {pullRequest.mergedBy?.displayName ?? 'Somebody'} merged this
        {pullRequest.mergeMethod !== null && METHODS[pullRequest.mergeMethod].done}
        {pullRequest.mergedAt !== null && (
          <>
            , <TimeAgo at={pullRequest.mergedAt} />
          </>
        )}
        .
      </Text>
      {pullRequest.mergeProof && <ProofCard proof={pullRequest.mergeProof} verifyLines={[]} />}
      <Anchor size="sm" href={paths.pullRequest(place.project, place.name, place.number, { tab: 'proof' })}>
        Verify it yourself
      </Anchor>
      <RevertButton place={place} pullRequest={pullRequest} />
    </Stack>
  </Paper>
)
