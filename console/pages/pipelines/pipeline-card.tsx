import { Box, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { PipelineList, PipelineView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { KeptByNobody } from '../../ui/kept-by-nobody.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { accessWords } from './access-words.ts'
import { presets } from './presets.ts'
import { recipeOf } from './recipe.ts'

interface PipelineCardProps {
  path: string
  pipeline: PipelineView
  where: Pick<PipelineList, 'resource' | 'exchangeUrl'>
  /** Whether what to paste is shown. */
  isOpen: boolean
  onSteps: (isOpen: boolean) => void
  onEdit: () => void
}

/** One pipeline: what must be true of it, what it may do, when it came last, and how to set it up. */
export function PipelineCard({ path, pipeline, where, isOpen, onSteps, onEdit }: PipelineCardProps) {
  const [isEnding, setEnding] = useState(false)
  const one = `${path}/${pipeline.id}`
  const keep = useMutation({ mutationFn: () => api.post<PipelineView>(`${one}/keep`), onSuccess: () => refresh(path) })
  const end = useMutation({
    mutationFn: () => api.delete(one),
    onSuccess: async () => {
      setEnding(false)
      await refresh(path)
    },
  })
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm" align="flex-start">
        <Stack gap={4} miw={0} flex="1 1 300px">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {pipeline.name}
          </Text>
          <Text size="sm" c="dimmed">
            {accessWords(pipeline.access)} · {pipeline.lifetimeMinutes} minutes at a time
          </Text>
          <LastUse pipeline={pipeline} />
        </Stack>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? 'Hide how' : 'How to set it up'}: ${pipeline.name}`}
            onClick={() => onSteps(!isOpen)}
          >
            {isOpen ? 'Hide how' : 'How to set it up'}
          </Button>
          <Button size="xs" variant="default" aria-label={`Edit ${pipeline.name}`} onClick={onEdit}>
            Edit
          </Button>
          <Button
            size="xs"
            variant="default"
            c="var(--mantine-color-error)"
            aria-label={`End ${pipeline.name}`}
            onClick={() => setEnding(true)}
          >
            End
          </Button>
        </Group>
      </Group>
      <Conditions pipeline={pipeline} />
      {pipeline.keepBy !== null && (
        <KeptByNobody
          what="pipeline"
          steward={pipeline.steward}
          keepBy={pipeline.keepBy}
          {...(pipeline.keys !== null && { stopped })}
          keep={keep}
        />
      )}
      {isOpen && <Steps pipeline={pipeline} where={where} />}
      <ConfirmDialog
        isOpen={isEnding}
        title={`End ${pipeline.name}?`}
        confirmLabel="End it with a tap"
        act={end}
        onClose={() => setEnding(false)}
      >
        Its jobs are put out at once, also in the middle of a clone, and none comes in any more. What they pushed stays.
      </ConfirmDialog>
    </Stack>
  )
}

const stopped =
  'It comes in no more until then: its keys were given by hand, and whoever has left may hold the private half. Edit gives it new ones.'

const LastUse = ({ pipeline: { lastUsedAt, lastSubject } }: { pipeline: PipelineView }) => (
  <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
    {lastUsedAt === null ? (
      'Never came in yet'
    ) : (
      <>
        Came in <TimeAgo at={lastUsedAt} />
        {lastSubject !== null && ` as ${lastSubject}`}
      </>
    )}
  </Text>
)

const Conditions = ({ pipeline: { shape, issuer, conditions } }: { pipeline: PipelineView }) => (
  <Box component="ul" m={0} pl="lg" fz="sm">
    <li style={{ overflowWrap: 'anywhere' }}>
      signed by {shape === 'github' ? presets.github.label : <Code>{issuer}</Code>}
    </li>
    {conditions.map(({ claim, value }) => (
      <li key={claim} style={{ overflowWrap: 'anywhere' }}>
        <Code>{claim}</Code> is <Code>{value}</Code>
      </li>
    ))}
  </Box>
)

function Steps({ pipeline, where }: { pipeline: PipelineView; where: PipelineCardProps['where'] }) {
  const { file, lines } = recipeOf(pipeline, where)
  return (
    <Stack gap="xs">
      <CopyBlock label={`Paste this into ${file}`} lines={lines} />
      <Text size="sm" c="dimmed">
        The job needs curl, jq and git. Where it takes longer than {pipeline.lifetimeMinutes} minutes, it renews its
        token: the guide about pipelines says how.
      </Text>
    </Stack>
  )
}
