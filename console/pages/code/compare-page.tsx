import { Anchor, Box, Button, Group, Text } from '@mantine/core'
import { IconArrowRight, IconArrowsExchange } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { ComparisonView, RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useUrlQuery } from '../../url-state.ts'
import { Changes } from './changes.tsx'
import { CommitList } from './commit-list.tsx'
import { ComparisonSummary } from './comparison-summary.tsx'
import { shortRef } from './comparison-words.ts'
import { EmptySection } from './empty-section.tsx'
import { RefPicker } from './ref-picker.tsx'
import { RepositoryFrame, SectionTitle } from './repository-frame.tsx'
import frame from './repository-frame.module.css'
import { type Place, usePlace } from './use-place.ts'

export const ComparePage = () => (
  <RepositoryFrame tab="commits" title="Compare">
    {(repository) =>
      repository.isEmpty ? (
        <EmptySection title="Compare" repository={repository} />
      ) : (
        <Compare repository={repository} />
      )
    }
  </RepositoryFrame>
)

/** What one version holds beyond another: between two releases, what changed and who proved it. */
function Compare({ repository }: { repository: RepositoryView }) {
  const place = usePlace()
  const { from = '', to = repository.defaultBranch } = useUrlQuery()
  return (
    <>
      <SectionTitle>Compare</SectionTitle>
      <Versions place={place} from={from} to={to} />
      {from === '' ? (
        <EmptyState title="Since when?">
          Choose the branch or tag to begin with, the last release for example.
        </EmptyState>
      ) : (
        <Compared key={`${from} ${to}`} repository={repository} place={place} from={from} to={to} />
      )}
    </>
  )
}

interface Between {
  place: Place
  from: string
  to: string
}

const Versions = ({ place, from, to }: Between) => {
  const hrefOf = (query: { from: string; to: string }) => paths.compare(place.project, place.name, query)
  return (
    <Group gap="xs" mb="lg">
      <RefPicker api={place.api} label="From" current={from} hrefOf={(next) => hrefOf({ from: next, to })} />
      <Group gap="xs" wrap="nowrap" maw="100%">
        <IconArrowRight size={16} aria-hidden style={{ flex: 'none' }} />
        <RefPicker api={place.api} label="To" current={to} hrefOf={(next) => hrefOf({ from, to: next })} />
      </Group>
      {from !== '' && (
        <Button
          component="a"
          variant="subtle"
          size="xs"
          leftSection={<IconArrowsExchange size={14} aria-hidden />}
          href={hrefOf({ from: to, to: from })}
        >
          The other way
        </Button>
      )}
    </Group>
  )
}

function Compared({ repository, place, from, to }: Between & { repository: RepositoryView }) {
  const { data, error } = useQuery(getQuery<ComparisonView>(`${place.api}/compare`, { from, to }))
  const isFiles = useUrlQuery()['tab'] === 'files'
  if (error) return <ProblemAlert error={error} />
  if (!data) return <RowSkeletons rows={4} />
  if (data.changes === 0)
    return (
      <EmptyState title="Nothing is new">
        {shortRef(to)} holds nothing that {shortRef(from)} does not.
        {data.missing > 0 && (
          <>
            {' '}
            <Anchor inherit href={paths.compare(place.project, place.name, { from: to, to: from })}>
              Look the other way
            </Anchor>
            .
          </>
        )}
      </EmptyState>
    )
  // What both ends were found to be: a branch that moves meanwhile shifts nothing.
  const ends = { from: data.from.oid, to: data.to.oid }
  const hrefOf = (tab: string | null) => paths.compare(place.project, place.name, { from, to, tab })
  return (
    <>
      <ComparisonSummary comparison={data} />
      <Box component="nav" aria-label="Comparison" className={frame.tabs}>
        <a className={frame.tab} href={hrefOf(null)} aria-current={isFiles ? undefined : 'page'}>
          Changes
        </a>
        <a className={frame.tab} href={hrefOf('files')} aria-current={isFiles ? 'page' : undefined}>
          Files
        </a>
      </Box>
      {isFiles ? (
        <Changes
          source={{
            api: `${place.api}/compare/files`,
            query: { from: data.base ?? ends.from, to: ends.to },
            version: `${data.base} ${ends.to}`,
          }}
          viewedSubject={null}
        />
      ) : (
        <>
          <CommitList repository={repository} api={`${place.api}/compare/commits`} query={ends} />
          <Text size="sm" c="dimmed" mt="md">
            A merge is one change, with all that it brought along. Of commits that came by one tap, it stands at the
            newest.
          </Text>
        </>
      )}
    </>
  )
}
