import { Box, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconTag } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { CommitView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { Oid } from '../../ui/oid.tsx'
import { ProofCard } from '../../ui/proof-card.tsx'
import { ProofMark } from '../../ui/proof-mark.tsx'
import { SignatureCard } from '../../ui/signature-card.tsx'
import { SignatureMark } from '../../ui/signature-mark.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { usePathPart } from '../../url-state.ts'
import { Changes } from './changes.tsx'
import { splitTrailers } from './commit-message.ts'
import { HeaderLink } from './header-link.tsx'
import { RepositoryFrame } from './repository-frame.tsx'
import { SignedPushCard } from './signed-push-card.tsx'
import { type Place, usePlace } from './use-place.ts'
import { verifyLines } from './verify-lines.ts'

export function CommitPage() {
  const place = usePlace()
  const oid = usePathPart('oid')
  return (
    <RepositoryFrame tab="commits" title={`Commit ${oid.slice(0, 8)}`}>
      {({ myRole }) => <Commit place={place} oid={oid} canTag={myRole !== 'read'} />}
    </RepositoryFrame>
  )
}

function Commit({ place, oid, canTag }: { place: Place; oid: string; canTag: boolean }) {
  const path = `${place.api}/commits/${encodeURIComponent(oid)}`
  const { data: commit } = useSuspenseQuery(getQuery<CommitView>(path))
  const isMarked = commit.proof !== null || commit.signature !== null || commit.signedPush !== null
  return (
    <Stack gap="lg">
      <div>
        <Group gap="sm" mb={4} align="center">
          <Title order={1} fz="xl" style={{ overflowWrap: 'anywhere' }}>
            {revealHidden(commit.subject) || '(no message)'}
          </Title>
          <ProofMark proof={commit.proof} />
          <SignatureMark signature={commit.signature} isCompact={commit.proof !== null} />
        </Group>
        <Text size="sm" c="dimmed" mb={4}>
          <Authors commit={commit} />
        </Text>
        <Group justify="space-between" gap="sm">
          <Ids place={place} commit={commit} />
          {canTag && (
            <HeaderLink
              href={paths.tags(place.project, place.name, { new: commit.oid })}
              icon={IconTag}
              label="New tag"
            />
          )}
        </Group>
      </div>
      <SimpleGrid
        cols={{ base: 1, md: commit.body.trim() !== '' && isMarked ? 2 : 1 }}
        maw={commit.body.trim() === '' ? 720 : undefined}
        spacing="lg"
        style={{ alignItems: 'start' }}
      >
        {commit.body.trim() !== '' && <Message body={commit.body} />}
        {isMarked && (
          <Stack gap="lg">
            {commit.proof && (
              <Paper withBorder p="md" component="section" aria-label="Proof">
                <ProofCard proof={commit.proof} verifyLines={verifyLines(commit.oid)} />
              </Paper>
            )}
            {commit.signature && (
              <Paper withBorder p="md" component="section" aria-label="Signature">
                <SignatureCard signature={commit.signature} />
              </Paper>
            )}
            {commit.signedPush && <SignedPushCard place={place} signedPush={commit.signedPush} />}
          </Stack>
        )}
      </SimpleGrid>
      {commit.parents.length > 1 && (
        <Text size="sm" c="dimmed">
          A merge: what follows is compared with its first parent.
        </Text>
      )}
      <Changes source={{ api: `${path}/files`, version: commit.oid }} viewedSubject={null} />
    </Stack>
  )
}

/** What was written below the subject; what stands there for programs is quieter. */
function Message({ body }: { body: string }) {
  const { words, trailers } = splitTrailers(body)
  const asWritten = { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' } as const
  return (
    <Paper withBorder p="md" component="section" aria-label="Message">
      {words !== '' && (
        <Box component="pre" m={0} ff="monospace" fz="sm" style={asWritten}>
          {revealHidden(words)}
        </Box>
      )}
      {trailers !== '' && (
        <Box component="pre" m={0} mt={words === '' ? 0 : 'md'} ff="monospace" fz="xs" c="dimmed" style={asWritten}>
          {revealHidden(trailers)}
        </Box>
      )}
    </Paper>
  )
}

const Authors = ({ commit }: { commit: CommitView }) => (
  <>
    <Text span inherit c="var(--mantine-color-text)" fw={550} title={commit.authorEmail}>
      {revealHidden(commit.authorName)}
    </Text>{' '}
    wrote this <TimeAgo at={commit.authoredAt} />
    {commit.committerName !== commit.authorName && (
      <>
        , {revealHidden(commit.committerName)} committed it <TimeAgo at={commit.committedAt} />
      </>
    )}
  </>
)

const Ids = ({ place, commit }: { place: Place; commit: CommitView }) => (
  <Group gap="lg" fz="sm">
    <span>
      <Text span inherit c="dimmed">
        Commit{' '}
      </Text>
      <Oid oid={commit.oid} length={12} />
    </span>
    {commit.parents.map((parent) => (
      <span key={parent}>
        <Text span inherit c="dimmed">
          Parent{' '}
        </Text>
        <Oid oid={parent} href={paths.commit(place.project, place.name, parent)} />
      </span>
    ))}
  </Group>
)
