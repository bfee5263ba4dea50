import { CloseButton, Group, Paper } from '@mantine/core'
import type { PersonRef } from '../api/shapes.ts'
import { PersonName } from './person-avatar.tsx'

interface RemovablePersonProps {
  person: PersonRef
  /** Says what the cross does. */
  label: string
  onRemove: () => void
}

/** A person in a set, with a cross that takes them out. */
export const RemovablePerson = ({ person, label, onRemove }: RemovablePersonProps) => (
  <Paper withBorder radius="xl" pl={6} pr={4} py={2}>
    <Group gap={4} wrap="nowrap">
      <PersonName person={person} size="xs" />
      <CloseButton size="xs" aria-label={label} onClick={onRemove} />
    </Group>
  </Paper>
)
