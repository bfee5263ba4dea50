import '@mantine/spotlight/styles.layer.css'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, type SpotlightActionGroupData, createSpotlight } from '@mantine/spotlight'
import { IconBook2, IconFileSearch, IconFileText, IconHelp, IconSearch, IconUser } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { Me, PageOf, Person, RepositorySummary } from '../../api/shapes.ts'
import { isAdministrator } from '../../api/use-me.ts'
import { paths, splitPath } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { useGo, usePathPart, useUrlQuery } from '../../url-state.ts'
import { guideGroups } from '../guides/guides.ts'
import { placesFor } from './places.ts'

const [store, spotlight] = createSpotlight()

/** Finds repositories, people, pages and guides. Each further `openings` opens it again. */
export function Search({ me, openings }: { me: Me; openings: number }) {
  const go = useGo()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  useEffect(() => spotlight.open(), [openings])

  const project = usePathPart('project')
  const repository = usePathPart('repository')
  const { ref } = useUrlQuery()
  const repositories = useQuery({
    ...getQuery<PageOf<RepositorySummary>>('/repositories', { q }),
    placeholderData: keepPreviousData,
  })
  const people = useQuery({
    ...getQuery<PageOf<Person>>('/people', { q }),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })
  const groups: SpotlightActionGroupData[] = [
    {
      group: 'Repositories',
      actions: (repositories.data?.items ?? []).slice(0, 8).map(({ id, path, description }) => {
        const { project, name } = splitPath(path)
        return {
          id,
          label: path,
          description: revealHidden(description),
          leftSection: <IconBook2 size={18} />,
          onClick: () => go(paths.repository(project, name)),
        }
      }),
    },
    {
      group: 'People',
      actions: (q ? (people.data?.items ?? []) : []).slice(0, 6).map(({ id, username, displayName }) => ({
        id,
        label: displayName,
        description: username,
        leftSection: <IconUser size={18} />,
        onClick: () => go(isAdministrator(me) ? paths.person(username) : paths.people({ q: username })),
      })),
    },
    {
      group: 'Pages',
      actions: placesFor(me).map(({ href, label }) => ({
        id: href,
        label,
        leftSection: <IconFileText size={18} />,
        onClick: () => go(href),
      })),
    },
    {
      group: 'Guides',
      actions: (q ? guideGroups.flatMap(({ guides }) => guides) : []).map(({ name, title, about }) => ({
        id: `guide ${name}`,
        label: title,
        description: about,
        leftSection: <IconHelp size={18} />,
        onClick: () => go(paths.guide(name)),
      })),
    },
    {
      group: 'This repository',
      actions:
        q && repository
          ? [
              {
                id: 'find',
                label: `Find “${q}” in ${project}/${repository}`,
                description: 'Files by their name, and lines by what they say',
                leftSection: <IconFileSearch size={18} />,
                onClick: () => go(paths.find(project, repository, { ref, q })),
              },
            ]
          : [],
    },
  ]
  return (
    <Spotlight
      store={store}
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      nothingFound="Nothing by that name"
      highlightQuery
      attributes={{ content: { 'aria-label': 'Search' } }}
      styles={{ actionDescription: { opacity: 1 } }}
      scrollable
      maxHeight="70vh"
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: 'Repositories, people, pages, guides',
        'aria-label': 'Search repositories, people, pages and guides',
      }}
    />
  )
}
