import { Alert, Anchor, Group, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { meQuery, queryClient } from '../../api/queries.ts'
import type { ApplicationView } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { Fact, FactList } from '../../ui/fact-list.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { RouteSection } from '../routes/route-section.tsx'
import { SamlCertificates } from '../saml/saml-certificates.tsx'
import { usePathPart, useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { ApplicationActions } from './application-actions.tsx'
import { applicationQuery, recipesQuery } from './application-queries.ts'
import { askedOf } from './asked-of.ts'
import { audienceWords, kindWords, leastWords, routeNeedsNothing, valuesTitle } from './application-words.ts'
import { ChangeApplicationForm } from './change-application-form.tsx'
import { OnlyAdministrators } from './only-administrators.tsx'
import { RecipeSteps } from './recipe-steps.tsx'
import { settingsFacts } from './settings-facts.ts'
import { SigningKeys } from './signing-keys.tsx'
import { TestSignIn } from './test-sign-in.tsx'
import { ValuesToCopy } from './values-to-copy.tsx'

export const fetchAhead: FetchAhead = ({ params: { id = '' } }) =>
  isAdministrator(queryClient.getQueryData(meQuery.queryKey) ?? null)
    ? [queryClient.ensureQueryData(applicationQuery(id)), queryClient.ensureQueryData(recipesQuery)]
    : []

/** One application: who may open it, what it would be told, what was put into it. */
export const ApplicationPage = () => (isAdministrator(useMe()) ? <Application /> : <OnlyAdministrators />)

function Application() {
  const { data: application } = useSuspenseQuery(applicationQuery(usePathPart('id')))
  const { edit, test } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const { name, description, keptElsewhere } = application
  return (
    <>
      <PageHeader
        title={name}
        description={description}
        crumbs={[{ label: 'Applications', href: paths.applications }]}
      />
      <Stack gap="xl" maw={980}>
        {keptElsewhere !== null && (
          <Alert color="gray" variant="light" icon={<IconInfoCircle />}>
            {keptElsewhere}
          </Alert>
        )}
        {edit === 'yes' && keptElsewhere === null ? (
          <ChangeApplicationForm application={application} onDone={() => setQuery({ edit: null })} />
        ) : (
          <>
            <ApplicationActions application={application} />
            {test === 'yes' && <TestSignIn application={application} onClose={() => setQuery({ test: null })} />}
            <Facts application={application} />
            {application.kind === 'route' && <RouteSection application={application} />}
            <InTheTool application={application} />
            {application.kind === 'saml' ? <SamlCertificates /> : <SigningKeys />}
          </>
        )}
      </Stack>
    </>
  )
}

function Facts({ application }: { application: ApplicationView }) {
  const { slug, kind, strength, opensAt, lastOpenedAt, createdAt, createdBy } = application
  const least = strength === 'device-bound' || strength === 'attested' ? strength : 'passkey'
  const rows: [string, ReactNode][] = [
    ['Who may open it', audienceWords(application)],
    ['It takes at least', leastWords[least]],
    ['How it learns who came', kindWords[kind]],
    [
      'Home leads to',
      opensAt === null ? (
        'nowhere: people go there by themselves'
      ) : (
        <Anchor key="opens" href={opensAt} inherit>
          {opensAt}
        </Anchor>
      ),
    ],
    ...settingsFacts(application),
    ['Short name, for rules', slug],
    ['Last opened', lastOpenedAt === null ? 'never' : <TimeAgo key="opened" at={lastOpenedAt} />],
    [
      'Set up',
      <span key="made">
        <TimeAgo at={createdAt} /> {createdBy === null ? 'from a file' : `by ${createdBy.displayName}`}
      </span>,
    ],
  ]
  return (
    <FactList label={application.name}>
      {rows.map(([label, value]) => (
        <Fact key={label} label={label}>
          <Group gap={4}>{value}</Group>
        </Fact>
      ))}
    </FactList>
  )
}

/** What to put where over there: by its recipe, or all values. */
function InTheTool({ application }: { application: ApplicationView }) {
  const { items } = useSuspenseQuery(recipesQuery).data
  const recipe = items.find(({ id }) => id === application.recipe)
  return (
    <>
      {recipe !== undefined && (
        <RecipeSteps
          recipe={recipe}
          values={application.values}
          asked={askedOf(recipe.settings, application.settings)}
          isMade
        />
      )}
      <Section title={recipe === undefined ? valuesTitle[application.kind] : 'All values'}>
        {application.kind === 'route' && recipe === undefined && <Text size="sm">{routeNeedsNothing}</Text>}
        <ValuesToCopy values={application.values} />
        {application.hasSecret && (
          <Text size="sm" c="dimmed">
            Its secret was shown once, when it was made. Where it is lost, make a new one.
          </Text>
        )}
      </Section>
    </>
  )
}
