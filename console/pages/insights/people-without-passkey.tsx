import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useMutation, useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { PageOf, PersonWithoutPasskey } from '../../api/shapes.ts'
import { renderCsv } from '../../csv.ts'
import { organisationRoleLabel } from '../../forms/role-words.ts'
import { paths, withQuery } from '../../paths.ts'
import { saveFile } from '../../save-file.ts'
import { SaveButton } from '../../ui/figure.tsx'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { peopleWithoutPasskeyPages, peopleWithoutPasskeyPath } from './insights-queries.ts'

const title = 'People without a passkey'

/** Who cannot come in yet, by name: each is one link away from it. */
export function PeopleWithoutPasskeyList() {
  const list = useSuspenseInfiniteQuery(peopleWithoutPasskeyPages)
  const people = list.data.pages.flatMap(({ items }) => items)
  const save = useMutation({ mutationFn: saveAll })
  return (
    <Section
      title={title}
      action={people.length > 0 && <SaveButton what={title} isSaving={save.isPending} onSave={() => save.mutate()} />}
    >
      <ProblemAlert error={save.error} />
      {people.length === 0 ? (
        <Text>Nobody: everyone here has a passkey that works.</Text>
      ) : (
        <>
          <Text>They have nothing to tap with. Each needs a registration link, which you make beside their name.</Text>
          <RowList label={title}>
            {people.map((person) => (
              <Group key={person.id} wrap="nowrap" gap="sm">
                <PersonAvatar person={person} size="md" />
                <Stack gap={0} miw={0} flex={1}>
                  <Anchor href={paths.people({ q: person.username })} fw={550} style={{ overflowWrap: 'anywhere' }}>
                    {person.displayName}
                  </Anchor>
                  <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    {person.username} · {organisationRoleLabel(person.role)} · added <TimeAgo at={person.createdAt} />
                  </Text>
                </Stack>
              </Group>
            ))}
          </RowList>
          <ShowMore
            hasMore={list.hasNextPage}
            isLoading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        </>
      )}
    </Section>
  )
}

/** The file holds all of them, not only those that are shown. */
async function saveAll(): Promise<void> {
  const people: PersonWithoutPasskey[] = []
  let cursor: string | null = null
  do {
    const page: PageOf<PersonWithoutPasskey> = await api.get(withQuery(peopleWithoutPasskeyPath, { cursor }))
    people.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  const lines = people.map(({ username, displayName, role, createdAt }) => [
    displayName,
    username,
    organisationRoleLabel(role),
    new Date(createdAt).toISOString(),
  ])
  const text = renderCsv([['Name', 'Username', 'Role', 'Added'], ...lines])
  saveFile(new Blob([text], { type: 'text/csv' }), 'postern-people-without-a-passkey.csv')
}
