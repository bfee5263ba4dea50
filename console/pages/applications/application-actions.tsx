import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ApplicationMade, ApplicationView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { useGo, useSetUrlQuery } from '../../url-state.ts'
import { applicationPath, applicationsPath } from './application-queries.ts'
import { SecretShown } from './secret-shown.tsx'

/** What an administrator can do about an application; each change takes a tap. */
export function ApplicationActions({ application }: { application: ApplicationView }) {
  const { slug, name, hasSecret, keptElsewhere } = application
  const [isEnding, setEnding] = useState(false)
  const setQuery = useSetUrlQuery()
  const go = useGo()
  const rotate = useMutation({
    mutationFn: () => api.post<ApplicationMade>(`${applicationPath(slug)}/secret`, {}),
    onSuccess: () => refresh(applicationsPath),
  })
  const end = useMutation({
    mutationFn: () => api.delete(applicationPath(slug)),
    onSuccess: async () => {
      go(paths.applications, { replace: true })
      await Promise.all([refresh(applicationsPath), refresh('/home')])
    },
  })
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button onClick={() => setQuery({ test: 'yes' })}>Test sign-in</Button>
        <ReasonedButton variant="default" reason={keptElsewhere} onClick={() => setQuery({ edit: 'yes', test: null })}>
          Change
        </ReasonedButton>
        {hasSecret && (
          <ReasonedButton
            variant="default"
            reason={keptElsewhere}
            loading={rotate.isPending}
            onClick={() => rotate.mutate()}
          >
            Make a new secret
          </ReasonedButton>
        )}
        <ReasonedButton
          variant="default"
          {...(keptElsewhere === null ? { c: 'var(--mantine-color-error)' } : {})}
          reason={keptElsewhere}
          onClick={() => setEnding(true)}
        >
          End it
        </ReasonedButton>
      </Group>
      <ProblemAlert error={rotate.error} />
      {rotate.data && <SecretShown made={rotate.data} onClose={() => rotate.reset()} />}
      <ConfirmDialog
        isOpen={isEnding}
        title={`End ${name}?`}
        confirmLabel="End it with a tap"
        act={end}
        onClose={() => setEnding(false)}
      >
        Nobody is let in any more, and what is open there ends. What people have in the tool itself stays there.
      </ConfirmDialog>
    </Stack>
  )
}
