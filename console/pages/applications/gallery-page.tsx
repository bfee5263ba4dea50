import { Badge, Group, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { meQuery, queryClient } from '../../api/queries.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { UrlTextInput } from '../../forms/url-text-input.tsx'
import { paths } from '../../paths.ts'
import { LinkCard } from '../../ui/link-card.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Section } from '../../ui/section.tsx'
import { useUrlState } from '../../url-state.ts'
import { recipesQuery } from './application-queries.ts'
import { kindHelp, kindWords } from './application-words.ts'
import { OnlyAdministrators } from './only-administrators.tsx'
import { RanBadge } from './ran-badge.tsx'

export const fetchAhead: FetchAhead = () =>
  isAdministrator(queryClient.getQueryData(meQuery.queryKey) ?? null) ? [queryClient.ensureQueryData(recipesQuery)] : []

/** Which product it is; what follows is filled in by its recipe. */
export const GalleryPage = () => (isAdministrator(useMe()) ? <Gallery /> : <OnlyAdministrators />)

function Gallery() {
  const { items, kinds } = useSuspenseQuery(recipesQuery).data
  const [q] = useUrlState('q', '')
  const [kind, setKind] = useUrlState<string>('kind', 'all')
  const wanted = q.toLowerCase()
  const found = items.filter(
    (recipe) =>
      (kind === 'all' || recipe.kind === kind) && `${recipe.product} ${recipe.about}`.toLowerCase().includes(wanted),
  )
  const plain = kinds.filter((one) => kind === 'all' || one.kind === kind)
  return (
    <>
      <PageHeader
        title="Add an application"
        crumbs={[{ label: 'Applications', href: paths.applications }]}
        description="Which product is it? Its recipe fills in the form and says what to paste where."
      />
      <Stack gap="xl">
        <Group gap="sm">
          <UrlTextInput
            name="q"
            aria-label="Find a product"
            placeholder="Jira, wiki, dashboards …"
            leftSection={<IconSearch size={16} aria-hidden />}
            flex="1 1 220px"
            maw={360}
          />
          <SegmentedControl
            aria-label="Kind"
            value={kind}
            onChange={setKind}
            data={[
              { value: 'all', label: 'All' },
              ...kinds.map((one) => ({ value: one.kind, label: kindShort[one.kind] })),
            ]}
          />
        </Group>
        {found.length === 0 ? (
          <Text c="dimmed">No recipe matches. Any tool that speaks one of these can be set up all the same:</Text>
        ) : (
          <SimpleGrid component="ul" aria-label="Products" cols={{ base: 1, xs: 2, md: 3 }} p={0} m={0}>
            {found.map((recipe) => (
              <LinkCard
                key={recipe.id}
                name={recipe.product}
                href={paths.setUpApplication(recipe.id)}
                footer={
                  <Group gap={6} mt={4}>
                    <Badge variant="default" size="sm" tt="none">
                      {kindWords[recipe.kind]}
                    </Badge>
                    <RanBadge ran={recipe.ran} />
                  </Group>
                }
              >
                {recipe.about}
              </LinkCard>
            ))}
          </SimpleGrid>
        )}
        <Section title="Another product">
          <SimpleGrid component="ul" aria-label="Without a recipe" cols={{ base: 1, xs: 2, md: 3 }} p={0} m={0}>
            {plain.map((one) => (
              <LinkCard key={one.kind} name={plainName[one.kind]} href={paths.setUpApplication(one.kind)} hasNoMark>
                {kindHelp[one.kind]}
              </LinkCard>
            ))}
          </SimpleGrid>
        </Section>
      </Stack>
    </>
  )
}

const kindShort = { openid: 'OpenID', saml: 'SAML', route: 'Proxy' } as const
const plainName = { openid: 'By OpenID Connect', saml: 'By SAML', route: 'By the proxy' } as const
