import { Group, MultiSelect, type MultiSelectProps, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCheck } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { isAaguid, modelsQuery, useModelNames } from '../api/models.ts'
import type { ModelView } from '../api/shapes.ts'
import { downloads } from '../paths.ts'
import { keyKindWords } from '../ui/key-kind-words.ts'
import { ModelPicture } from '../ui/model-picture.tsx'
import { capital } from '../ui/plain-words.ts'

interface ModelPickerProps extends Pick<MultiSelectProps, 'label' | 'description' | 'placeholder' | 'error'> {
  /** Kinds (`hardware-key`, `platform`, `synced`) and AAGUIDs, as a rule's `models` names them. */
  value: string[]
  onChange: (value: string[]) => void
}

/** Picks keys by kind first and by model second; the server searches the models by name. */
export function ModelPicker({ value, placeholder, ...props }: ModelPickerProps) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  const models = useQuery({ ...modelsQuery(q), placeholderData: keepPreviousData })
  const known = new Map(
    (models.data?.items ?? []).filter(({ key }) => isAaguid(key)).map((model) => [model.key, model]),
  )
  const chosen = value.filter((term) => !keyKindWords[term] && !known.has(term))
  const nameOf = useModelNames(chosen)
  const offered = [
    ...[...known.values()].map(({ key, name }) => ({ value: key, label: name })),
    ...chosen.map((key) => ({ value: key, label: nameOf(key) ?? `Model ${key}` })),
  ]
  return (
    <MultiSelect
      {...props}
      placeholder={value.length ? '' : (placeholder ?? '')}
      data={[
        {
          group: 'Kinds',
          items: Object.entries(keyKindWords).map(([key, words]) => ({ value: key, label: capital(words) })),
        },
        { group: 'Models', items: offered },
      ]}
      value={value}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options, search }) => options.flatMap((option) => narrowed(option, search.trim().toLowerCase()))}
      renderOption={({ option, checked }) => (
        <Option value={option.value} label={option.label} model={known.get(option.value)} isChosen={checked ?? false} />
      )}
      maxDropdownHeight={320}
      nothingFoundMessage={
        models.isFetching
          ? 'Searching…'
          : 'No kind or model by that name. Models are known once FIDO metadata is imported.'
      }
    />
  )
}

type Offered = Parameters<NonNullable<MultiSelectProps['filter']>>[0]['options'][number]

/** As the server searches: by a part of the name, or the beginning of an AAGUID. */
function narrowed(offered: Offered, search: string): Offered[] {
  if (!('group' in offered)) return [offered]
  const items = offered.items.filter(
    ({ label, value }) => label.toLowerCase().includes(search) || (isAaguid(value) && value.startsWith(search)),
  )
  return items.length ? [{ ...offered, items }] : []
}

interface OptionProps {
  value: string
  label: string
  /** Undefined for a kind, and while a chosen model is looked up. */
  model: ModelView | undefined
  isChosen: boolean
}

/** Many models of one maker bear the same name: the beginning of the AAGUID tells them apart. */
function Option({ value, label, model, isChosen }: OptionProps) {
  const kind = keyKindWords[value] ? (value as 'hardware-key' | 'platform' | 'synced') : null
  return (
    <Group gap="xs" wrap="nowrap" flex={1} miw={0}>
      <ModelPicture
        source={model?.hasIcon ? downloads.modelPicture(value) : null}
        category={kind ?? model?.category ?? 'hardware-key'}
        size={20}
      />
      <Text span inherit flex={1} style={{ overflowWrap: 'anywhere' }}>
        {label}
      </Text>
      {kind === null && (
        <Text span size="xs" c="dimmed" ff="monospace">
          {value.slice(0, 8)}
        </Text>
      )}
      {isChosen && <IconCheck size={16} aria-hidden style={{ flexShrink: 0 }} />}
    </Group>
  )
}
