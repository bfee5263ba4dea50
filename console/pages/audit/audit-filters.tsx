import { Button, Group, Select, SimpleGrid, TextInput } from '@mantine/core'
import { PersonSelect } from '../../forms/person-select.tsx'
import { UrlTextInput } from '../../forms/url-text-input.tsx'
import { paths } from '../../paths.ts'
import { FoldOnPhone } from '../../ui/fold-on-phone.tsx'
import { strengthWords } from '../../ui/strength-words.ts'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { actionGroups, methodWords } from './action-words.ts'
import type { AuditFilterName } from './audit-query.ts'

const methods = Object.entries(methodWords).map(([value, label]) => ({ value, label }))
const strengths = Object.entries(strengthWords).map(([value, label]) => ({ value, label }))
const outcomes = [
  { value: 'done', label: 'Done' },
  { value: 'refused', label: 'Refused' },
]

/** One row of filters that wraps; each writes itself into the URL. */
export function AuditFilters() {
  const query = useUrlQuery()
  const set = useSetUrlQuery()
  const one = (name: AuditFilterName) => ({
    value: query[name] ?? null,
    onChange: (value: string | null) => set({ [name]: value }),
    clearable: true,
    placeholder: 'Any',
  })
  const hasAny = Object.values(query).some(Boolean)
  return (
    <>
      <FoldOnPhone label="Filters" isUsed={hasAny}>
        <SimpleGrid
          component="section"
          aria-label="Filters"
          cols={{ base: 2, md: 4 }}
          spacing="xs"
          verticalSpacing="xs"
        >
          <PersonSelect label="Person" {...one('actor')} placeholder="Anybody" />
          <Select label="What" data={actionGroups} searchable {...one('action')} />
          <UrlTextInput name="target" label="Target" placeholder="payments/api, ana, …" />
          <Select label="How" data={methods} {...one('method')} />
          <Select label="Strength" data={strengths} {...one('strength')} />
          <Select label="Outcome" data={outcomes} {...one('outcome')} />
          <Day label="From" value={query['from']} onChange={(from) => set({ from })} />
          <Day label="To" value={query['to']} onChange={(to) => set({ to })} />
        </SimpleGrid>
      </FoldOnPhone>
      {hasAny && (
        <Group>
          <Button component="a" href={paths.audit()} variant="default" size="xs">
            Clear the filters
          </Button>
        </Group>
      )}
    </>
  )
}

interface DayProps {
  label: string
  value: string | undefined
  onChange: (day: string) => void
}

const Day = ({ label, value, onChange }: DayProps) => (
  <TextInput type="date" label={label} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value)} />
)
