import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconApps, IconPlus } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { meQuery, queryClient } from '../../api/queries.ts'
import type { ApplicationSummary } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { ToolMark } from '../../ui/tool-mark.tsx'
import { WholeList } from '../../ui/whole-list.tsx'
import { applicationsQuery } from './application-queries.ts'
import { audienceWords, kindWords } from './application-words.ts'
import { OnlyAdministrators } from './only-administrators.tsx'

export const fetchAhead: FetchAhead = () =>
  isAdministrator(queryClient.getQueryData(meQuery.queryKey) ?? null)
    ? [queryClient.ensureQueryData(applicationsQuery)]
    : []

/** The tools that people open beside Git. */
export const ApplicationsPage = () => (isAdministrator(useMe()) ? <Applications /> : <OnlyAdministrators />)

function Applications() {
  const { items } = useSuspenseQuery(applicationsQuery).data
  const add = (
    <Button component="a" href={paths.newApplication()} leftSection={<IconPlus size={18} aria-hidden />}>
      Add an application
    </Button>
  )
  const connectors = (
    <Button component="a" href={paths.connectors} variant="default">
      Connectors
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Applications"
        description="Issue trackers, wikis, dashboards: tools that people open with the same passkey, by rules of yours, and leave when they leave here."
        action={
          <Group gap="sm">
            {connectors}
            {items.length > 0 && add}
          </Group>
        }
      />
      {items.length === 0 ? (
        <EmptyState icon={<IconApps size={32} />} title="No applications yet" action={add}>
          Choose a product from the gallery: it fills in the form, and says what to paste where. People find what they
          may open on their Home.
        </EmptyState>
      ) : (
        <WholeList label="Applications">
          {items.map((application) => (
            <ApplicationRow key={application.slug} application={application} />
          ))}
        </WholeList>
      )}
    </>
  )
}

function ApplicationRow({ application }: { application: ApplicationSummary }) {
  const { slug, name, kind, description, lastOpenedAt, keptElsewhere } = application
  return (
    <Group wrap="nowrap" align="flex-start" gap="sm">
      <ToolMark name={name} />
      <Stack gap={2} miw={0} flex={1}>
        <Anchor href={paths.application(slug)} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Anchor>
        {description !== '' && (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {description}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {audienceWords(application)} · {kindWords[kind]}
          {keptElsewhere !== null && ' · from routes.yaml'} ·{' '}
          {lastOpenedAt === null ? (
            'never opened'
          ) : (
            <>
              last opened <TimeAgo at={lastOpenedAt} />
            </>
          )}
        </Text>
      </Stack>
    </Group>
  )
}
