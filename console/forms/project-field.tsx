import { Select, type SelectProps, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery } from '../api/queries.ts'
import type { PageOf, ProjectView } from '../api/shapes.ts'
import { onlyFound } from './only-found.ts'

/** The first of the projects that whoever is here administers. */
export const ownProjectsQuery = getQuery<PageOf<ProjectView>>('/projects', { role: 'admin' })

type ProjectFieldProps = Pick<SelectProps, 'autoFocus' | 'label' | 'description' | 'error' | 'onChange' | 'value'> & {
  /** Names of the first ones. Without any, a name is typed, and the project is made along. */
  first: string[]
}

/** Into which project something comes; the server searches them. */
export function ProjectField({ first, value, description, ...props }: ProjectFieldProps) {
  const [typed, setTyped] = useState(value ?? '')
  // What was chosen stands in the field; it is not what somebody searches for.
  const [q] = useDebouncedValue(typed === value ? '' : typed.trim(), 150)
  const found = useQuery({
    ...getQuery<PageOf<ProjectView>>('/projects', { role: 'admin', q }),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })
  if (first.length === 0) {
    const { onChange, ...shown } = props
    return (
      <TextInput
        {...shown}
        description="There is none yet; it is made along with the repository"
        placeholder="payments"
        maxLength={64}
        spellCheck={false}
        value={value ?? ''}
        onChange={({ currentTarget }) => onChange?.(currentTarget.value, { value: '', label: '' })}
      />
    )
  }
  const offered = q === '' ? first : (found.data?.items ?? []).map(({ name }) => name)
  return (
    <Select
      {...props}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={value ? [...new Set([...offered, value])] : offered}
      value={value ?? null}
      allowDeselect={false}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={onlyFound(offered)}
      nothingFoundMessage={found.isFetching ? 'Searching…' : 'No project of yours by that name'}
    />
  )
}
