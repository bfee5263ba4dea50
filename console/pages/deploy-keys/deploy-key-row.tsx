import { Alert, Badge, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { DeployKeyView } from '../../api/shapes.ts'
import { KeptByNobody } from '../../ui/kept-by-nobody.tsx'
import { dayWords } from '../../ui/plain-words.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { DeployKeyActions, type DeployKeyForm } from './deploy-key-actions.tsx'
import { ChangeDeployKeyForm } from './change-deploy-key-form.tsx'
import { accessWords, rotationWords, warningOf } from './deploy-key-words.ts'
import { SuccessorForm } from './successor-form.tsx'

interface DeployKeyRowProps {
  /** Where the API has the list. */
  path: string
  mostDays: number
  deployKey: DeployKeyView
}

/** One key: what it may, when it was used last and from where, when it ends, and what should be done about it. */
export function DeployKeyRow({ path, mostDays, deployKey: key }: DeployKeyRowProps) {
  const [form, setForm] = useState<DeployKeyForm | null>(null)
  const here = `${path}/${key.id}`
  const keep = useMutation({
    mutationFn: () => api.post<DeployKeyView>(`${here}/keep`),
    onSuccess: () => refresh(path),
  })
  const warning = warningOf(key, Date.now())
  const forms = { path, deployKey: key, onDone: () => setForm(null) }
  return (
    <Stack gap="sm">
      <Stack gap={2}>
        <Group gap="xs">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {key.name}
          </Text>
          <Badge variant="default" tt="none" fw={500}>
            {accessWords[key.access]}
          </Badge>
          {key.isWaiting && (
            <Badge variant="default" tt="none" fw={500}>
              New, not used yet
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {key.fingerprint}
        </Text>
        <Text size="sm" c="dimmed" component="div">
          Added <TimeAgo at={key.createdAt} />
          {key.createdBy && ` by ${key.createdBy.displayName}`},{' '}
          {key.lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              last used <TimeAgo at={key.lastUsedAt} />
              {key.lastUsedFrom !== null && ` from ${key.lastUsedFrom}`}
            </>
          )}
        </Text>
        <Text size="sm" c="dimmed" component="div">
          Ends on {dayWords(key.expiresAt)}
          {key.rotation && ` · ${rotationWords(key.rotation)}`}
        </Text>
      </Stack>
      {warning && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle />}>
          {warning}
        </Alert>
      )}
      {key.keepBy !== null && <KeptByNobody what="deploy key" steward={key.steward} keepBy={key.keepBy} keep={keep} />}
      {form === null && <DeployKeyActions path={path} deployKey={key} onForm={setForm} />}
      {form === 'change' && <ChangeDeployKeyForm {...forms} mostDays={mostDays} />}
      {form === 'successor' && <SuccessorForm {...forms} />}
    </Stack>
  )
}
