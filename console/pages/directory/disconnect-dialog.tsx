import { Radio, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ConnectionView, Disconnection } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useGo } from '../../url-state.ts'
import { connectionPath, connectionsPath } from './connection-queries.ts'

/** Asks what becomes of the people it brought; there is no answer that is taken silently. */
export function DisconnectDialog(props: { isOpen: boolean; connection: ConnectionView; onClose: () => void }) {
  const { id, name, people } = props.connection
  const [becomes, setBecomes] = useState<Disconnection['people']>('stay')
  const go = useGo()
  const disconnect = useMutation({
    mutationFn: () => api.deleteWith(connectionPath(id), { people: becomes } satisfies Disconnection),
    onSuccess: async () => {
      go(paths.directory(), { replace: true })
      await refresh(connectionsPath)
    },
  })
  const everybody = people === 1 ? 'The one person' : `The ${people.toLocaleString('en')} people`
  return (
    <ConfirmDialog
      isOpen={props.isOpen}
      title={`Disconnect ${name}?`}
      confirmLabel="Disconnect it with a tap"
      act={disconnect}
      onClose={props.onClose}
    >
      <Stack>
        <Text inherit>Its token stops at once. Its groups stay, and administrators here keep them from now on.</Text>
        <Radio.Group
          label={`${everybody} it brought`}
          value={becomes}
          onChange={(value) => setBecomes(value === 'end' ? 'end' : 'stay')}
        >
          <Stack gap="xs" mt="xs">
            <Radio
              value="stay"
              label="stay"
              description="With their roles and groups. From then on it takes an administrator here to end their access."
            />
            <Radio
              value="end"
              label="lose their access"
              description="Sessions, tokens, keys and open connections of each of them end, owners’ too."
            />
          </Stack>
        </Radio.Group>
      </Stack>
    </ConfirmDialog>
  )
}
