import { ActionIcon, Badge, Center, Group, Stack, Text, Tooltip } from '@mantine/core'
import { IconUsersGroup, IconX } from '@tabler/icons-react'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { getQuery, queryClient } from '../api/queries.ts'
import type { Items, MemberView, RepositoryRole } from '../api/shapes.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { PersonAvatar } from '../ui/person-avatar.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { TryAgain } from '../ui/try-again.tsx'
import { WholeList } from '../ui/whole-list.tsx'
import { AddMember, type Grant } from './add-member.tsx'
import { RoleSelect } from './role-select.tsx'
import { repositoryRoles } from './role-words.ts'

interface MembersEditorProps {
  /** API path of the list: `…/members` of a project or a repository. */
  api: string
  /** Members given here can be changed here; those of the project are shown with where they come from. */
  scope: 'repository' | 'project'
}

/** Who may do what in a project or a repository. Each change is saved as it is made, with a tap. */
export function MembersEditor({ api: path, scope }: MembersEditorProps) {
  const query = getQuery<Items<MemberView>>(path)
  const { data } = useSuspenseQuery(query)
  const save = useMutation({
    mutationFn: ({ kind, name, role }: Grant) => {
      const member = `${path}/${kind}/${encodeURIComponent(name)}`
      return role === null ? api.delete<Items<MemberView>>(member) : api.put<Items<MemberView>>(member, { role })
    },
    onSuccess: (members) => queryClient.setQueryData(query.queryKey, members),
  })
  const isSaving = (member: MemberView) =>
    save.isPending && save.variables.kind === member.kind && save.variables.name === member.name

  return (
    <Stack>
      <AddMember
        members={data.items.filter(({ from }) => from === scope)}
        isSaving={save.isPending}
        onAdd={save.mutateAsync}
      />
      <ProblemAlert error={save.error} action={<TryAgain act={save} />} />
      {data.items.length === 0 && <EmptyState title="Nobody has been given a role here yet" />}
      {data.items.length > 0 && (
        <WholeList label="Members">
          {data.items.map((member) => (
            <MemberRow
              key={`${member.from} ${member.kind} ${member.name}`}
              member={member}
              isHere={member.from === scope}
              isSaving={isSaving(member)}
              onChange={(role) => save.mutate({ kind: member.kind, name: member.name, role })}
            />
          ))}
        </WholeList>
      )}
    </Stack>
  )
}

interface MemberRowProps {
  member: MemberView
  isHere: boolean
  isSaving: boolean
  onChange: (role: RepositoryRole | null) => void
}

function MemberRow({ member, isHere, isSaving, onChange }: MemberRowProps) {
  return (
    <Group justify="space-between" gap="sm">
      <Group gap="sm" wrap="nowrap" miw={0}>
        {member.kind === 'group' ? (
          <Center w={26} flex="none">
            <IconUsersGroup size={20} role="img" aria-label="Group" />
          </Center>
        ) : (
          <PersonAvatar person={{ username: member.name, displayName: member.displayName }} />
        )}
        <Text truncate>
          {member.displayName}{' '}
          {member.displayName !== member.name && (
            <Text span c="dimmed">
              {member.name}
            </Text>
          )}
        </Text>
      </Group>
      {isHere ? (
        <Group gap="xs" wrap="nowrap">
          <RoleSelect
            aria-label={`Role of ${member.displayName}`}
            value={member.role}
            onChange={onChange}
            disabled={isSaving}
            w={120}
            size="xs"
          />
          <Tooltip label="Take the role away">
            <ActionIcon
              variant="subtle"
              color="gray"
              loading={isSaving}
              aria-label={`Take the role from ${member.displayName}`}
              onClick={() => onChange(null)}
            >
              <IconX size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      ) : (
        <Tooltip label="Given in the project; change it there">
          <Badge variant="default" tt="none" fw={500}>
            {repositoryRoles.find(({ value }) => value === member.role)?.label}, from the project
          </Badge>
        </Tooltip>
      )}
    </Group>
  )
}
