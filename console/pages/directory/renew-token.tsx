import { Select, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ConnectionMade, ConnectionView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { connectionPath, connectionsPath } from './connection-queries.ts'
import { lifetimes, tokenDays } from './token-lifetimes.ts'

/** A new token, while the one of now still works for an hour. */
export function RenewToken(props: {
  isOpen: boolean
  connection: ConnectionView
  onClose: () => void
  onMade: (made: ConnectionMade) => void
}) {
  const { connection, onMade } = props
  const [lifetime, setLifetime] = useState('365')
  const renew = useMutation({
    mutationFn: () =>
      api.post<ConnectionMade>(`${connectionPath(connection.id)}/token`, { tokenDays: tokenDays(lifetime) }),
    onSuccess: async (made) => {
      await refresh(connectionsPath)
      onMade(made)
    },
  })
  return (
    <ConfirmDialog
      isOpen={props.isOpen}
      title={`Make a new token for ${connection.name}?`}
      confirmLabel="Make it with a tap"
      act={renew}
      onClose={props.onClose}
    >
      <Stack>
        <Text inherit>
          The token of now works for one more hour: put the new one into the directory within it. Where the old one may
          be in wrong hands, disconnect instead: that stops it at once.
        </Text>
        <Select
          label="The new one ends after"
          data={lifetimes}
          value={lifetime}
          allowDeselect={false}
          onChange={(value) => value !== null && setLifetime(value)}
        />
      </Stack>
    </ConfirmDialog>
  )
}
