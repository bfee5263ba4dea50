import { Button, Group, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { PageOf, Person, ReviewerView } from '../../api/shapes.ts'
import { useMaybeMe } from '../../api/use-me.ts'
import { useFoundGroups } from '../../forms/group-select.tsx'
import { counted } from '../../ui/plain-words.ts'

export type Picked = Pick<ReviewerView, 'kind' | 'id' | 'name' | 'displayName'>

interface ReviewerPickerProps {
  known: readonly ReviewerView[]
  isSaving: boolean
  /** What it refuses is shown by whoever asks. */
  onPick: (picked: Picked) => Promise<unknown>
  onClose: () => void
}

/** One field for people and groups. */
export function ReviewerPicker({ known, isSaving, onPick, onClose }: ReviewerPickerProps) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  const me = useMaybeMe()
  const people = useQuery({ ...getQuery<PageOf<Person>>('/people', { q }), placeholderData: keepPreviousData })
  const groups = useFoundGroups(q)
  const isKnown = ({ kind, id }: Picked) => known.some((other) => other.kind === kind && other.id === id)
  const groupsFound = (groups.data?.items ?? []).map(({ id, name, memberCount }) => ({
    picked: { kind: 'group' as const, id, name, displayName: name },
    label: `${name} (${counted(memberCount, 'person').replace('persons', 'people')})`,
  }))
  const peopleFound = (people.data?.items ?? [])
    .filter(({ id }) => id !== me?.id)
    .map(({ id, username, displayName }) => ({
      picked: { kind: 'user' as const, id, name: username, displayName },
      label: `${displayName} (${username})`,
    }))
  const offered = [...peopleFound, ...groupsFound].filter(({ picked }) => !isKnown(picked))
  const asData = (kind: Picked['kind']) =>
    offered
      .filter(({ picked }) => picked.kind === kind)
      .map(({ picked, label }) => ({ value: `${kind}:${picked.id}`, label }))
  return (
    <Group gap="xs" align="flex-end">
      <Select
        label="Ask a person or a group"
        placeholder="Type a name"
        flex="1 1 180px"
        searchable
        data-autofocus
        autoFocus
        disabled={isSaving}
        value={null}
        searchValue={typed}
        onSearchChange={setTyped}
        // The server has filtered already, by more than the label.
        filter={({ options }) => options}
        nothingFoundMessage={people.isFetching ? 'Searching…' : 'Nobody by that name'}
        data={[
          { group: 'People', items: asData('user') },
          { group: 'Groups', items: asData('group') },
        ].filter(({ items }) => items.length > 0)}
        onChange={(value) => {
          const found = offered.find(({ picked }) => `${picked.kind}:${picked.id}` === value)
          if (found) void onPick(found.picked).catch(() => undefined)
        }}
      />
      <Button variant="default" onClick={onClose}>
        Done
      </Button>
    </Group>
  )
}
