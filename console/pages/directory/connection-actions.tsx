import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import type { ConnectionMade, ConnectionView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { ChangeConnection } from './change-connection.tsx'
import { DisconnectDialog } from './disconnect-dialog.tsx'
import { RenewToken } from './renew-token.tsx'

/** What an owner can do with a connection; each takes a tap. */
export function ConnectionActions(props: { connection: ConnectionView; onToken: (made: ConnectionMade) => void }) {
  const { connection, onToken } = props
  const [open, setOpen] = useState<'token' | 'change' | 'disconnect' | null>(null)
  const reason = useMe().role === 'owner' ? null : 'Only an owner can do this: a directory decides who comes in.'
  const close = () => setOpen(null)
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <ReasonedButton variant="default" reason={reason} onClick={() => setOpen('token')}>
          New token
        </ReasonedButton>
        <ReasonedButton variant="default" reason={reason} onClick={() => setOpen('change')}>
          Change
        </ReasonedButton>
        {reason === null ? (
          <Button variant="default" c="var(--mantine-color-error)" onClick={() => setOpen('disconnect')}>
            Disconnect
          </Button>
        ) : (
          <ReasonedButton variant="default" reason={reason}>
            Disconnect
          </ReasonedButton>
        )}
      </Group>
      {open === 'change' && <ChangeConnection connection={connection} onClose={close} />}
      <RenewToken
        isOpen={open === 'token'}
        connection={connection}
        onClose={close}
        onMade={(made) => {
          close()
          onToken(made)
        }}
      />
      <DisconnectDialog isOpen={open === 'disconnect'} connection={connection} onClose={close} />
    </Stack>
  )
}
