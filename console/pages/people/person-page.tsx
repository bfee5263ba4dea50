import { Alert, Group, Stack, Text } from '@mantine/core'
import { IconClockPause } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { PersonDetail } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { dayWords } from '../../ui/plain-words.ts'
import { usePathPart } from '../../url-state.ts'
import { EndAccessButton } from './ending/end-access-dialog.tsx'
import { ExtendGuest } from './extend-guest.tsx'
import { PersonEnds } from './person-ends.tsx'
import { PersonFacts } from './person-facts.tsx'
import { PersonKeys } from './person-keys.tsx'
import { PersonReaches } from './person-reaches.tsx'
import { PersonSshKeys } from './person-ssh-keys.tsx'

const personQuery = (username: string) => getQuery<PersonDetail>(`/people/${username}`)

export const fetchAhead: FetchAhead = ({ params: { username = '' } }) => [
  queryClient.ensureQueryData(personQuery(username)),
]

/** One person or agent: who they are here, their keys, what they reach, whom they answer for, how their access ended. */
export function PersonPage() {
  const me = useMe()
  const isAdmin = isAdministrator(me)
  const { data: detail } = useSuspenseQuery(personQuery(usePathPart('username')))
  const { person } = detail
  const isGuest = person.role === 'guest' && person.kind === 'person'
  // Whom a group has made more than a guest, or who came with a list, has an end as well.
  const hasEnd = person.kind === 'person' && (isGuest || person.endsAt !== null)
  return (
    <>
      <PageHeader
        title={person.displayName}
        description={[person.username, person.email].filter(Boolean).join(' · ')}
        crumbs={[{ label: 'People', href: paths.people() }]}
        action={
          <Group gap="xs">
            {hasEnd && person.id !== me.id && (person.state === 'active' || isAdmin) && <ExtendGuest person={person} />}
            {isAdmin && person.state === 'active' && <EndAccessButton person={person} />}
          </Group>
        }
      />
      <Stack gap="xl">
        {hasEnd && person.endsAt !== null && person.state === 'active' && (
          <Alert
            color="gray"
            icon={<IconClockPause />}
            title={`${isGuest ? 'A guest' : 'Here'} until ${dayWords(person.endsAt)}`}
          >
            <Text size="sm">
              Then their access ends by itself.{' '}
              {person.sponsor === null
                ? isGuest && 'Nobody answers for them.'
                : `${person.sponsor.displayName} answers for them.`}
            </Text>
          </Alert>
        )}
        <PersonFacts detail={detail} isAdmin={isAdmin} />
        <PersonKeys detail={detail} isAdmin={isAdmin} />
        {isAdmin && person.kind === 'person' && <PersonSshKeys username={person.username} />}
        <PersonReaches detail={detail} />
        {isAdmin && <PersonEnds person={person} />}
      </Stack>
    </>
  )
}
