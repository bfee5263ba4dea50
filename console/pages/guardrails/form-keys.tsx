import { MultiSelect, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { ModelView, PageOf, RuleRequirement } from '../../api/shapes.ts'
import { capital } from '../../ui/plain-words.ts'
import { keyWords } from './rule-sentence.ts'

type Models = NonNullable<RuleRequirement['models']>

/** Kinds of keys first, models second. Both lists may be empty: then any key will do. */
export const FormKeys = ({ models, onChange }: { models: Models; onChange: (models: Models) => void }) => (
  <Stack gap="sm">
    <KeysSelect
      label="Only these keys"
      placeholder="Any kind"
      value={models.allow ?? []}
      onChange={(allow) => onChange({ ...models, allow })}
    />
    <KeysSelect
      label="None of these keys"
      placeholder="None is excluded"
      value={models.deny ?? []}
      onChange={(deny) => onChange({ ...models, deny })}
    />
  </Stack>
)

const AAGUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface KeysSelectProps {
  label: string
  placeholder: string
  value: string[]
  onChange: (value: string[]) => void
}

function KeysSelect({ value, placeholder, ...props }: KeysSelectProps) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  const models = useQuery({
    ...getQuery<PageOf<ModelView>>('/authenticator-models', { search: q }),
    placeholderData: keepPreviousData,
  })
  const found = new Map((models.data?.items ?? []).filter(({ key }) => AAGUID.test(key)).map(({ key, name }) => [key, name]))
  for (const term of value) if (!keyWords[term] && !found.has(term)) found.set(term, `Model ${term}`)
  return (
    <MultiSelect
      {...props}
      placeholder={value.length ? '' : placeholder}
      data={[
        { group: 'Kinds', items: Object.entries(keyWords).map(([key, label]) => ({ value: key, label: capital(label) })) },
        { group: 'Models', items: [...found].map(([key, label]) => ({ value: key, label })) },
      ]}
      value={value}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage="No kind or model by that name. Models are known once FIDO metadata is imported."
    />
  )
}
