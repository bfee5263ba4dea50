import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { Items, PullRequestView, SourceAttestation } from '../../api/shapes.ts'
import { saveFile } from '../../save-file.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { attestationFile, levelOf, levelWords } from './level-words.ts'
import type { PullRequestPlace } from './use-pull-request.ts'

interface SourceLevelProps {
  place: PullRequestPlace
  pullRequest: PullRequestView
}

/** It is signed right after the merge, by itself. */
const SIGNED_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 2_000

/** What the instance itself signs for about a merge, for machines that ask for it; the people's proof does not rest on it. */
export function SourceLevel({ place, pullRequest }: SourceLevelProps) {
  const { mergeOid, mergedAt, targetBranch } = pullRequest
  const { data, error } = useQuery({
    ...getQuery<Items<SourceAttestation>>(`${place.api}/commits/${mergeOid}/attestations`),
    enabled: mergeOid !== null,
    refetchInterval: ({ state }) =>
      state.data?.items.length === 0 && Date.now() - (mergedAt ?? 0) < SIGNED_WITHIN_MS ? LOOK_EVERY_MS : false,
  })
  const signed = data?.items.findLast(({ ref }) => ref === `refs/heads/${targetBranch}`)
  if (error) return <ProblemAlert error={error} />
  if (mergeOid === null || signed === undefined) return null
  const level = levelOf(signed)
  return (
    <Paper withBorder p="md" component="section" aria-label="What this server signs for">
      <Stack gap="xs" align="flex-start">
        <Title order={2} fz="md">
          This instance signs for it: SLSA source level {level}
        </Title>
        <Text size="sm">{levelWords(level)}</Text>
        <Text size="sm" c="dimmed">
          SLSA is a public scale, from 1 to 4, of how well a change to source code was guarded. Tools that check what is
          built read it from this file. It is this server’s word: the proof above stands without it.
        </Text>
        <Group gap="md">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={14} />}
            onClick={() => saveFile(attestationFile(signed), `${place.name}-${mergeOid.slice(0, 12)}.intoto.jsonl`)}
          >
            Download the attestations
          </Button>
          <Anchor size="sm" href="/api/v1/source-attestations/key">
            The key to check them with
          </Anchor>
        </Group>
      </Stack>
    </Paper>
  )
}
