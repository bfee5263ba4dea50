import { Anchor, Button, Stack } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { ownRequirementsQuery } from '../../api/policy.ts'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { Home, Me, PullRequestSummary } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths, splitPath } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { PullRequestRow } from '../../ui/pull-request-row.tsx'
import { RepositoryRow } from '../../ui/repository-row.tsx'
import { RequestRow } from '../../ui/request-row.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { OwnAnnouncements } from '../announcements/own-announcements.tsx'
import { OwnClaims } from '../domains/own-claims.tsx'
import { Attention } from './attention.tsx'
import { Deadlines } from './deadlines.tsx'
import { FirstStep } from './first-step.tsx'
import classes from './home.module.css'
import { YourTools } from './your-tools.tsx'

const homeQuery = getQuery<Home>('/home')

export const fetchAhead: FetchAhead = () => [
  queryClient.ensureQueryData(homeQuery),
  queryClient.ensureQueryData(ownRequirementsQuery),
]

/** What waits for my tap, my tools, my pull requests, my repositories; for administrators what needs attention. */
export function HomePage() {
  const me = useMe()
  const { data: home } = useSuspenseQuery(homeQuery)
  const isNew = home.repositories.length === 0 && home.pullRequests.length === 0
  const rest = home.pullRequests.filter(({ id }) => !home.waiting.some((waiting) => waiting.id === id))

  return (
    <>
      <PageHeader title={`Hello, ${me.displayName}`} tabTitle="Home" />
      <Stack gap="xl">
        {home.requests.length > 0 && (
          <Section title="Waiting for your tap" action={<Anchor href={paths.inbox}>Inbox</Anchor>}>
            <RowList label="What waits for your tap">
              {home.requests.map((item) => (
                <RequestRow key={item.id} item={item} href={paths.sealRequest(item.code)} />
              ))}
            </RowList>
          </Section>
        )}
        <Notices me={me} attention={home.attention} />
        {home.tools.length > 0 && <YourTools tools={home.tools} />}
        {isNew && <FirstStep me={me} hasTools={home.tools.length > 0} />}
        {home.waiting.length > 0 && (
          <Section title="Pull requests you may merge">
            <RowList label="Pull requests you may merge">
              {home.waiting.map((pullRequest) => (
                <PullRequestRow
                  key={pullRequest.id}
                  pullRequest={pullRequest}
                  href={pullRequestPath(pullRequest)}
                  showRepository
                  aside={
                    <Button component="a" href={mergePath(pullRequest)} size="xs" variant="light">
                      Review and merge
                    </Button>
                  }
                />
              ))}
            </RowList>
          </Section>
        )}
        {rest.length > 0 && (
          <Section title="Your pull requests">
            <RowList label="Your pull requests">
              {rest.map((pullRequest) => (
                <PullRequestRow
                  key={pullRequest.id}
                  pullRequest={pullRequest}
                  href={pullRequestPath(pullRequest)}
                  showRepository
                />
              ))}
            </RowList>
          </Section>
        )}
        {home.repositories.length > 0 && (
          <Section title="Your repositories" action={<Anchor href={paths.projects}>All projects</Anchor>}>
            <RowList label="Your repositories">
              {home.repositories.map((repository) => (
                <RepositoryRow
                  key={repository.id}
                  repository={repository}
                  href={paths.repository(repository.project, repository.name)}
                />
              ))}
            </RowList>
          </Section>
        )}
      </Stack>
    </>
  )
}

/** What is to be known or looked after: one below the other, and no gap where there is none. */
const Notices = ({ me, attention }: { me: Me; attention: Home['attention'] }) => (
  <Stack gap="sm" className={classes['notices'] ?? ''}>
    <OwnClaims />
    <OwnAnnouncements />
    <Deadlines />
    <Attention me={me} attention={attention} />
  </Stack>
)

function pullRequestPath({ repository, number }: PullRequestSummary) {
  const { project, name } = splitPath(repository)
  return paths.pullRequest(project, name, number)
}

function mergePath({ repository, number }: PullRequestSummary) {
  const { project, name } = splitPath(repository)
  return paths.merge(project, name, number)
}
