import { Button, Menu, UnstyledButton } from '@mantine/core'
import { IconDeviceLaptop, IconKey, IconKeyboard, IconLogout, IconTicket } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import type { Me } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { initials } from '../../ui/initials.ts'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { openHelp } from './keyboard-requests.ts'
import { SchemeChoice } from './scheme-choice.tsx'

/** The corner of the header: who is signed in, and what is theirs. */
export function AccountMenu({ me }: { me: Me | null }) {
  const here = useLocation({ select: ({ href }) => href })
  const signOut = useMutation({
    mutationFn: () => api.post<void>('/sign-out', {}, { isSignInOptional: true }),
    // A fresh page, so that nothing of the session stays in memory.
    onSuccess: () => location.assign(paths.signIn()),
  })
  if (!me) {
    return (
      <Button component="a" href={paths.signIn(here)}>
        Sign in
      </Button>
    )
  }
  return (
    <Menu position="bottom-end" width={240} shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton aria-label={`${initials(me.displayName)}: your account`} style={{ borderRadius: '50%' }}>
          <PersonAvatar person={me} size="md" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.displayName} · {me.username}
        </Menu.Label>
        <Menu.Item component="a" href={paths.account('passkeys')} leftSection={<IconKey size={16} />}>
          Passkeys
        </Menu.Item>
        <Menu.Item component="a" href={paths.account('sessions')} leftSection={<IconDeviceLaptop size={16} />}>
          Sessions
        </Menu.Item>
        <Menu.Item component="a" href={paths.account('tokens')} leftSection={<IconTicket size={16} />}>
          Tokens
        </Menu.Item>
        <Menu.Divider />
        <SchemeChoice />
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={openHelp}>
          Keyboard
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
