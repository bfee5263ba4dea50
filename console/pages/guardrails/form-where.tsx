import { MultiSelect, Stack, TagsInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { PageOf, ProjectView, RepositorySummary, Rule } from '../../api/shapes.ts'
import type { Part } from './act-parts.ts'
import { networksProblem } from './field-problems.ts'
import { FormTools } from './form-tools.tsx'

interface FormWhereProps {
  where: NonNullable<Rule['where']>
  parts: ReadonlySet<Part>
  onChange: (where: NonNullable<Rule['where']>) => void
}

/** Where the rule holds; empty is everywhere. Only what the chosen acts have is asked. */
export const FormWhere = ({ where, parts, onChange }: FormWhereProps) => (
  <Stack gap="sm">
    {parts.has('repositories') && (
      <PlacePicker value={where.repositories ?? []} onChange={(repositories) => onChange({ ...where, repositories })} />
    )}
    {parts.has('branches') && (
      <TagsInput
        label="Only on these branches"
        description="Press Enter after each; * stands for anything, as in release/*"
        placeholder={where.branches?.length ? '' : 'Every branch'}
        value={where.branches ?? []}
        onChange={(branches) => onChange({ ...where, branches })}
      />
    )}
    {parts.has('applications') && <FormTools where={where} onChange={onChange} />}
    <NetworksInput
      label="Only for those who come from"
      description="Addresses or ranges. The rule does not concern anybody else"
      placeholder="Anywhere"
      value={where.networks ?? []}
      onChange={(networks) => onChange({ ...where, networks })}
    />
  </Stack>
)

interface NetworksInputProps {
  label: string
  description: string
  placeholder: string
  value: string[]
  onChange: (value: string[]) => void
}

export const NetworksInput = ({ value, placeholder, ...props }: NetworksInputProps) => (
  <TagsInput
    {...props}
    value={value}
    placeholder={value.length ? '' : placeholder}
    splitChars={[',', ' ', ';']}
    error={networksProblem(value)}
  />
)

/** Projects and repositories by their paths; the server searches the repositories. */
function PlacePicker({ value, onChange }: { value: string[]; onChange: (paths: string[]) => void }) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  const projects = useQuery({ ...getQuery<PageOf<ProjectView>>('/projects', { q }), placeholderData: keepPreviousData })
  const repositories = useQuery({
    ...getQuery<PageOf<RepositorySummary>>('/repositories', { q }),
    placeholderData: keepPreviousData,
  })
  const known = [
    ...new Set([
      ...(projects.data?.items ?? []).map(({ name }) => name),
      ...(repositories.data?.items ?? []).map(({ path }) => path),
      ...value,
    ]),
  ]
  const labelled = (path: string) => ({ value: path, label: path })
  return (
    <MultiSelect
      label="Only in these projects or repositories"
      placeholder={value.length ? '' : 'Everywhere'}
      data={[
        { group: 'Projects', items: known.filter((path) => !path.includes('/')).map(labelled) },
        { group: 'Repositories', items: known.filter((path) => path.includes('/')).map(labelled) },
      ]}
      value={value}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={repositories.isFetching ? 'Searching…' : 'No project or repository by that name'}
    />
  )
}
