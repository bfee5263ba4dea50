import { Alert, Button, Checkbox, Group, Paper, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { pagesQuery, refresh } from '../../api/queries.ts'
import type { BreakGlassEvents } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { usePathPart } from '../../url-state.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { breakGlassQuery } from './recovery-queries.ts'

/** A second person looks at everything an account did since its break-glass code was used, and closes that with a tap. */
export function BreakGlassReviewPage() {
  const me = useMe()
  const id = usePathPart('id')
  const { data } = useSuspenseQuery(breakGlassQuery)
  const glass = data.items.find((one) => one.id === id)
  const events = useInfiniteQuery(pagesQuery<BreakGlassEvents['items'][number]>(`/break-glass/${id}/events`))
  if (glass === undefined || glass.usedAt === null) return <NotFoundPage />
  const items = events.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageHeader
        title={`The break-glass code of ${glass.person.displayName}`}
        tabTitle="Break-glass review"
        crumbs={[{ label: 'Getting back in', href: paths.recoveries }]}
        description={
          <>
            Used <TimeAgo at={glass.usedAt} /> from {glass.address ?? 'somewhere'}.{' '}
            {glass.cameIn ? 'Somebody came in by it.' : 'Nobody has come in by it.'}
          </>
        }
      />
      <Stack gap="xl">
        {glass.reviewedAt !== null ? (
          <Alert color="gray" title={`Reviewed by ${glass.reviewedBy?.displayName ?? 'somebody'}`}>
            <TimeAgo at={glass.reviewedAt} />
          </Alert>
        ) : (
          <Review id={id} isOwn={glass.person.id === me.id} cameIn={glass.cameIn} />
        )}
        <Section title="What this account did since">
          <ProblemAlert error={events.error} />
          {items.length === 0 && !events.isPending && !events.error && <Text c="dimmed">Nothing.</Text>}
          {items.length > 0 && (
            <RowList label="What was done">
              {items.map((event) => (
                <Group key={event.id} justify="space-between" gap="sm">
                  <Text size="sm" flex="1 1 260px" style={{ overflowWrap: 'anywhere' }}>
                    {event.sentence}
                  </Text>
                  <Text size="sm" c="dimmed">
                    <TimeAgo at={event.occurredAt} />
                  </Text>
                </Group>
              ))}
            </RowList>
          )}
          <ShowMore
            hasMore={events.hasNextPage}
            isLoading={events.isFetchingNextPage}
            onMore={() => void events.fetchNextPage()}
          />
        </Section>
      </Stack>
    </>
  )
}

function Review({ id, isOwn, cameIn }: { id: string; isOwn: boolean; cameIn: boolean }) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { keepPasskey: false },
    act: ({ keepPasskey }) => api.post(`/break-glass/${id}/review`, { keepPasskey }),
    onDone: () => refresh('/break-glass'),
  })
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate maw={640}>
      <Stack>
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="A second person has to look at this">
          Read what was done, below, and ask who did it. Undo what should not stay: people added, roles given,
          guardrails changed.
        </Alert>
        {cameIn ? (
          <Checkbox
            label="Its passkey stays"
            description="Otherwise the passkey that came in by the code ends with what was added by it, and so do all sessions and API tokens of this account."
            {...form.getInputProps('keepPasskey', { type: 'checkbox' })}
          />
        ) : (
          <Text size="sm">
            Closing this also ends the link that the code gave, so that nobody comes in by it later.
          </Text>
        )}
        <ProblemAlert error={act.error} />
        <Group>
          {isOwn ? (
            <ReasonedButton reason="You are the one who came in. Ask another administrator.">
              Close it with a tap
            </ReasonedButton>
          ) : (
            <Button type="submit" loading={act.isPending}>
              Close it with a tap
            </Button>
          )}
        </Group>
      </Stack>
    </Paper>
  )
}
