import { useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { meQuery, queryClient } from '../../api/queries.ts'
import type { ApplicationMade as Made } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { usePathPart } from '../../url-state.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { ApplicationMade } from './application-made.tsx'
import { recipesQuery } from './application-queries.ts'
import { kindHelp } from './application-words.ts'
import { NewApplicationForm } from './new-application-form.tsx'
import { OnlyAdministrators } from './only-administrators.tsx'

export const fetchAhead: FetchAhead = () =>
  isAdministrator(queryClient.getQueryData(meQuery.queryKey) ?? null) ? [queryClient.ensureQueryData(recipesQuery)] : []

/** Setting one application up, by a recipe or by its kind alone. */
export const SetUpPage = () => (isAdministrator(useMe()) ? <SetUp /> : <OnlyAdministrators />)

function SetUp() {
  const id = usePathPart('id')
  const { items, kinds } = useSuspenseQuery(recipesQuery).data
  const recipe = items.find((one) => one.id === id)
  const kind = recipe?.kind ?? kinds.find((one) => one.kind === id)?.kind
  // Its secret stands here once; another page, and it is gone.
  const [made, setMade] = useState<{ made: Made; asked: Record<string, string> } | null>(null)
  // Whoever tapped stands at the end of a long form, and what comes next begins at the top.
  useEffect(() => {
    if (made !== null) window.scrollTo({ top: 0 })
  }, [made])
  if (kind === undefined) return <NotFoundPage />
  const known = kinds.find((one) => one.kind === kind)?.values ?? []
  const crumbs = [
    { label: 'Applications', href: paths.applications },
    { label: 'Add an application', href: paths.newApplication() },
  ]
  if (made !== null)
    return (
      <>
        <PageHeader title={`${made.made.application.name} is set up`} crumbs={crumbs} />
        <ApplicationMade made={made.made} recipe={recipe} asked={made.asked} />
      </>
    )
  return (
    <>
      <PageHeader
        title={recipe === undefined ? kindTitle[kind] : `Set up ${recipe.product}`}
        crumbs={crumbs}
        description={recipe?.about ?? kindHelp[kind]}
      />
      <NewApplicationForm
        kind={kind}
        recipe={recipe}
        known={known}
        onMade={(answer, asked) => setMade({ made: answer, asked })}
      />
    </>
  )
}

const kindTitle = {
  openid: 'Set up a tool by OpenID Connect',
  saml: 'Set up a tool by SAML',
  route: 'Put a tool behind the proxy',
} as const
