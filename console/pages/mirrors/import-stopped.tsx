import { Alert, Button, Fieldset, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ImportView } from '../../api/shapes.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { isSsh } from './ssh-words.ts'
import type { Place } from '../code/use-place.ts'
import { CredentialFields, credentialSent, noCredential } from './credential-fields.tsx'

const aboutPassword = new Set(['wrong-password', 'forbidden', 'not-found', 'key-refused', 'host-key-changed'])

/** Why it stopped, and the way on: again as it was, or with another password. */
export function ImportStopped({ place, view, cancel }: { place: Place; view: ImportView; cancel: ReactNode }) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { ...noCredential, username: view.username, hostKey: view.hostKey ?? '' },
    act: (values) =>
      // Nothing typed: as it was.
      api.post<ImportView>(
        `${place.api}/import/retry`,
        !isSsh(view.url) && values.password === '' && values.username === view.username
          ? {}
          : credentialSent(view.url, values, view.hostKey ?? ''),
      ),
    onDone: () => refresh(place.api),
  })
  const isInterrupted = view.state === 'interrupted'
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Alert
          role="status"
          color={isInterrupted ? 'yellow' : 'red'}
          variant="light"
          icon={<IconAlertTriangle />}
          title={isInterrupted ? 'Interrupted: the server was restarted' : 'It could not be imported'}
          style={{ overflowWrap: 'anywhere' }}
        >
          <Text size="sm">
            {isInterrupted ? 'Nothing is lost but the time. Begin it again.' : view.problem?.sentence}
          </Text>
        </Alert>
        {aboutPassword.has(view.problem?.code ?? '') && (
          <Fieldset legend="Come in there as">
            <CredentialFields url={view.url} getInputProps={form.getInputProps} />
          </Fieldset>
        )}
        <ProblemAlert error={act.error} />
        <Group>
          <Button type="submit" loading={act.isPending}>
            Try again
          </Button>
          {cancel}
        </Group>
      </Stack>
    </form>
  )
}
