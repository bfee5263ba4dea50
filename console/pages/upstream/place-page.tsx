import { Alert, Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { type ReactNode, Suspense } from 'react'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { ProviderView } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { Fact, FactList } from '../../ui/fact-list.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { Section } from '../../ui/section.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { usePathPart, useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { DirectoryFrame } from '../directory/directory-frame.tsx'
import { EditPlaceForm } from './edit-place-form.tsx'
import { PlaceActions } from './place-actions.tsx'
import { kindWords, trustWords, worthWords } from './place-words.ts'
import { TestedPlace } from './tested-place.tsx'
import { providerPath } from './upstream-queries.ts'

export const fetchAhead: FetchAhead = ({ params: { id = '' } }) => [
  queryClient.ensureQueryData(getQuery<ProviderView>(providerPath(id))),
]

/** One other place to sign in: what it is believed, and what it says when somebody tries. */
export const PlacePage = () => (
  <DirectoryFrame here="sign-in">
    <Suspense fallback={<RowSkeletons />}>
      <Place />
    </Suspense>
  </DirectoryFrame>
)

function Place() {
  const { data: place } = useSuspenseQuery(getQuery<ProviderView>(providerPath(usePathPart('id'))))
  const { edit, tested } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const unverified = place.domains.filter((domain) => !place.verifiedDomains.includes(domain))
  return (
    <Stack gap="lg" maw={980}>
      <Stack gap={6}>
        <Anchor href={paths.upstream} size="sm">
          All places
        </Anchor>
        <Title order={2} style={{ overflowWrap: 'anywhere' }}>
          {place.name}
        </Title>
        <Text c="dimmed">A sign-in there {worthWords(place)}.</Text>
      </Stack>
      {place.createsPeople && unverified.length > 0 && (
        <Alert color="yellow" variant="light" icon={<IconInfoCircle />} title="Not all of its domains are verified">
          People at {unverified.join(', ')} get no account by it before that.{' '}
          <Anchor href={paths.domains} inherit>
            Verify a domain
          </Anchor>
        </Alert>
      )}
      {tested && <TestedPlace ticket={tested} onClose={() => setQuery({ tested: null })} />}
      {edit === 'yes' ? (
        <EditPlaceForm place={place} onDone={() => setQuery({ edit: null })} />
      ) : (
        <>
          <PlaceActions place={place} />
          <PlaceFacts place={place} />
          <Section title="Registered over there">
            <CopyBlock label="Redirect URI" lines={[place.redirectUri]} what="the redirect URI" />
            <CopyBlock label="Back-channel logout URI (optional)" lines={[place.logoutUri]} what="the logout URI" />
          </Section>
        </>
      )}
    </Stack>
  )
}

function PlaceFacts({ place }: { place: ProviderView }) {
  const groups = Object.entries(place.groupMap)
  const rows: [string, ReactNode][] = [
    ['Kind', kindWords[place.kind]],
    ['Issuer', place.issuer],
    ['Client id', place.clientId],
    ['Domains', place.domains.join(', ') || 'none'],
    ['Button on the page to sign in', place.isShown ? 'yes' : 'no'],
    ['Believed of a sign-in there', trustWords[place.trustsAcr]],
    ['Passkey of this place besides', place.demandsLocalPasskey ? 'demanded' : 'not demanded'],
    [
      'Who comes for the first time',
      place.createsPeople ? `gets an account as a ${place.newPersonRole}` : 'needs an account here',
    ],
    ['Groups', place.groupClaim === null ? 'not read' : `from the claim ${place.groupClaim}`],
    ...groups.map(([there, here]): [string, ReactNode] => [`Its group ${there}`, here]),
    ['Group everybody must be in', place.requiredGroup ?? 'none'],
    ['People joined with it', place.peopleCount.toLocaleString('en')],
    ['Last sign-in', place.lastSignInAt === null ? 'never' : <TimeAgo key="last" at={place.lastSignInAt} />],
    ['Set up', <TimeAgo key="made" at={place.createdAt} />],
  ]
  return (
    <FactList label={place.name}>
      {rows.map(([label, value]) => (
        <Fact key={label} label={label}>
          <Group gap={4}>{value}</Group>
        </Fact>
      ))}
    </FactList>
  )
}
