import { Alert, Button, Group, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import type { Me } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

export function DemoBanner({ me }: { me: Me }) {
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => api.delete('/demo'),
    onSuccess: async () => {
      setAsking(false)
      await queryClient.invalidateQueries()
    },
  })
  return (
    <Alert color="gray" icon={<IconFlask />} title="A demo organisation is filled in">
      <Group justify="space-between">
        <Text size="sm">Its people, projects and repositories are labelled “Demo”.</Text>
        {me.role === 'owner' && (
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            Remove the demo
          </Button>
        )}
      </Group>
      <ConfirmDialog
        isOpen={isAsking}
        title="Remove the demo organisation?"
        confirmLabel="Remove with a tap"
        act={remove}
        onClose={() => setAsking(false)}
      >
        Its people, groups, tools, projects and repositories go, with everything pushed to them. What you made yourself
        stays, and so does the audit.
      </ConfirmDialog>
    </Alert>
  )
}
