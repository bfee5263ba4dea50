import { Button, Group, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { MemberView, RepositoryRole } from '../api/shapes.ts'
import { GroupSelect } from './group-select.tsx'
import { PersonSelect } from './person-select.tsx'
import { RoleSelect } from './role-select.tsx'

export interface Grant {
  kind: MemberView['kind']
  name: string
  /** Null takes the role away. */
  role: RepositoryRole | null
}

interface AddMemberProps {
  /** Those who already have a role here. */
  members: MemberView[]
  isSaving: boolean
  onAdd: (grant: Grant) => Promise<unknown>
}

export function AddMember({ members, isSaving, onAdd }: AddMemberProps) {
  const [kind, setKind] = useState<MemberView['kind']>('user')
  const [name, setName] = useState<string | null>(null)
  const [role, setRole] = useState<RepositoryRole>('write')
  const taken = members.filter((member) => member.kind === kind).map((member) => member.name)
  const add = async () => {
    if (!name) return
    // What was chosen stays until the server has taken it; the editor shows a refusal.
    await onAdd({ kind, name, role }).then(
      () => setName(null),
      () => {},
    )
  }
  return (
    <Group align="flex-end" gap="xs">
      <SegmentedControl
        aria-label="What to add"
        data={[
          { value: 'user', label: 'Person' },
          { value: 'group', label: 'Group' },
        ]}
        value={kind}
        onChange={(next) => {
          setKind(next)
          setName(null)
        }}
      />
      {kind === 'user' ? (
        <PersonSelect label="Person" value={name} without={taken} onChange={setName} flex="1 1 200px" />
      ) : (
        <GroupSelect
          label="Group"
          value={name}
          without={taken}
          onChange={(group) => setName(group?.name ?? null)}
          flex="1 1 200px"
        />
      )}
      <RoleSelect label="Role" w={130} value={role} onChange={setRole} />
      <Button onClick={() => void add()} disabled={!name} loading={isSaving}>
        Add
      </Button>
    </Group>
  )
}
