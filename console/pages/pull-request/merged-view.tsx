import { Anchor, Button, Grid, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { Oid } from '../../ui/oid.tsx'
import { ProofCard } from '../../ui/proof-card.tsx'
import { ProofMark } from '../../ui/proof-mark.tsx'
import type { PullRequestTabProps } from './use-pull-request.ts'
import { VerifyItYourself } from './verify-it-yourself.tsx'

/** Right after the tap: it is merged, this proves it, and so anybody checks it. */
export function MergedView({ place, pullRequest }: PullRequestTabProps) {
  const { project, name } = place
  const { mergeOid, mergeProof, targetBranch, title } = pullRequest
  return (
    <Stack gap="xl">
      <div role="status">
        <Group gap="sm" mb={4}>
          <Title order={1} fz="xl" style={{ overflowWrap: 'anywhere' }}>
            Merged into {targetBranch}
          </Title>
          <ProofMark proof={mergeProof} />
        </Group>
        <Text c="dimmed">
          <Anchor href={paths.pullRequest(project, name, place.number)} inherit>
            #{place.number} {revealHidden(title)}
          </Anchor>{' '}
          {mergeOid && (
            <>
              is commit <Oid oid={mergeOid} href={paths.commit(project, name, mergeOid)} />
            </>
          )}
        </Text>
      </div>
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <VerifyItYourself place={place} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          {mergeProof && (
            <Paper withBorder p="md" component="section" aria-label="Proof">
              <ProofCard proof={mergeProof} verifyLines={[]} />
            </Paper>
          )}
        </Grid.Col>
      </Grid>
      <Group>
        <Button component="a" href={paths.repository(project, name)}>
          Go to the code
        </Button>
        <Button component="a" variant="default" href={paths.pullRequests(project, name)}>
          Other pull requests
        </Button>
      </Group>
    </Stack>
  )
}
