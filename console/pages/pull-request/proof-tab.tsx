import { Button, Paper, Stack, Text } from '@mantine/core'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProofCard } from '../../ui/proof-card.tsx'
import { SourceLevel } from './source-level.tsx'
import type { PullRequestTabProps } from './use-pull-request.ts'
import { VerifyItYourself } from './verify-it-yourself.tsx'

/** What proves the merge, and how to check it. */
export function ProofTab({ place, pullRequest }: PullRequestTabProps) {
  if (pullRequest.state !== 'merged')
    return (
      <EmptyState
        title="Nothing to prove yet"
        action={
          <Button component="a" variant="default" href={paths.pullRequest(place.project, place.name, place.number)}>
            See what is missing
          </Button>
        }
      >
        The proof is made by the tap that merges: the merge commit then carries that person’s signature.
      </EmptyState>
    )
  return (
    <Stack gap="xl" maw={820}>
      {pullRequest.mergeProof ? (
        <Paper withBorder p="md" component="section" aria-label="Proof">
          <ProofCard proof={pullRequest.mergeProof} verifyLines={[]} />
        </Paper>
      ) : (
        <Text>No proof is known for this merge.</Text>
      )}
      <SourceLevel place={place} pullRequest={pullRequest} />
      <VerifyItYourself place={place} />
    </Stack>
  )
}
