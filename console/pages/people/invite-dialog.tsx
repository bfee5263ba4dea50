import { Button, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { getQuery, refresh } from '../../api/queries.ts'
import type { InvitationMade, Items } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { GroupsSelect, useFoundGroups } from '../../forms/group-select.tsx'
import { PersonSelect } from '../../forms/person-select.tsx'
import { organisationRoles } from '../../forms/role-words.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { addressesProblem, parseAddresses } from './address-list.ts'
import { DayInput, dayText, endOfDay } from './day-input.tsx'
import { type ChosenGrant, GrantsEditor } from './grants-editor.tsx'
import { LeaveOutKnown } from './leave-out-known.tsx'

interface InviteDialogProps {
  isOpen: boolean
  onClose: () => void
  onInvited: (made: InvitationMade[]) => void
}

/** Asks people in by their addresses; who they are, they say themselves. */
export const InviteDialog = ({ isOpen, onClose, onInvited }: InviteDialogProps) => (
  <Modal opened={isOpen} onClose={onClose} title="Invite people" size="lg">
    <InviteForm onInvited={onInvited} />
  </Modal>
)

function InviteForm({ onInvited }: Pick<InviteDialogProps, 'onInvited'>) {
  const me = useMe()
  const guestDays = useQuery(getQuery<{ days: number }>('/guests/days'))
  const hasGroups = (useFoundGroups('').data?.items.length ?? 0) > 0
  const { form, act, onSubmit } = useActForm({
    initialValues: {
      addresses: '',
      role: 'member',
      groups: [] as string[],
      grants: [] as ChosenGrant[],
      until: '',
      sponsor: null as string | null,
      message: '',
    },
    validate: { addresses: addressesProblem },
    act: ({ addresses, role, until, sponsor, message, ...gives }) =>
      api.post<Items<InvitationMade>>('/invitations', {
        emails: parseAddresses(addresses).emails,
        role,
        ...gives,
        message: message.trim(),
        ...(role === 'guest' && until !== '' ? { endsAt: endOfDay(until) } : {}),
        ...(role === 'guest' && sponsor !== null ? { sponsor } : {}),
      }),
    onDone: async ({ items }) => {
      onInvited(items)
      await refresh('/invitations')
    },
  })
  const { role, addresses, until } = form.values
  const roles = organisationRoles.filter(({ value }) => me.role === 'owner' || value === 'member' || value === 'guest')
  const { emails } = parseAddresses(addresses)
  const days = guestDays.data?.days ?? 90
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Textarea
          label="E-mail addresses"
          description="One or many, separated by commas, spaces or lines"
          placeholder="ana@example.com, bo@example.com"
          autosize
          minRows={2}
          maxRows={8}
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('addresses')}
        />
        <Select
          label="Role"
          description={roles.find(({ value }) => value === role)?.description}
          data={roles.map(({ value, label }) => ({ value, label }))}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        {role === 'guest' && (
          <>
            <DayInput
              label="Access ends on"
              description={`By itself; at most ${days} days from now`}
              max={dayText(Date.now() + days * 86_400_000)}
              {...form.getInputProps('until')}
              value={until || dayText(Date.now() + days * 86_400_000)}
            />
            <PersonSelect
              label="Who answers for them"
              description="Is told before the access ends, and can prolong it"
              placeholder="You, unless you name somebody else"
              clearable
              value={form.values.sponsor}
              error={form.errors['sponsor']}
              onChange={(sponsor) => form.setFieldValue('sponsor', sponsor)}
            />
          </>
        )}
        <GrantsEditor value={form.values.grants} onChange={(grants) => form.setFieldValue('grants', grants)} />
        {hasGroups && (
          <GroupsSelect
            label="Groups"
            placeholder={form.values.groups.length > 0 ? '' : 'None'}
            {...form.getInputProps('groups')}
            value={form.values.groups}
          />
        )}
        <TextInput
          label="A line from you"
          description="They read it in the invitation; you can leave it empty"
          maxLength={200}
          {...form.getInputProps('message')}
        />
        <ProblemAlert
          error={act.error}
          action={
            <LeaveOutKnown
              error={act.error}
              emails={emails}
              onLeft={(left) => form.setFieldValue('addresses', left.join('\n'))}
            />
          }
        />
        <Button type="submit" loading={act.isPending}>
          {emails.length > 1 ? `Invite ${emails.length} people with a tap` : 'Invite with a tap'}
        </Button>
      </Stack>
    </form>
  )
}
