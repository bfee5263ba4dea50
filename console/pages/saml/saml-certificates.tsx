import { Button, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { getQuery, refresh } from '../../api/queries.ts'
import type { SamlCertificates as Certificates } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'

const path = '/saml/certificates'

/** By which certificates answers are signed, the same for every application; the next one takes over with a tap. */
export function SamlCertificates() {
  const [isAsking, setAsking] = useState(false)
  const { data, error } = useQuery(getQuery<Certificates>(path))
  const rollOver = useMutation({
    mutationFn: () => api.post(`${path}/roll-over`),
    onSuccess: async () => {
      setAsking(false)
      await Promise.all([refresh(path), refresh('/applications')])
    },
  })
  const [, next] = data?.items ?? []
  if (error) return <ProblemAlert error={error} />
  if (next === undefined) return null
  return (
    <Section title="The next certificate">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Metadata name it already, beside the one that signs. Tools that were given one by hand need it before it
          signs.
        </Text>
        <CopyBlock lines={next.certificate.trim().split('\n')} what="the next certificate" />
        <div>
          <Button variant="default" onClick={() => setAsking(true)}>
            Sign with the next one
          </Button>
        </div>
      </Stack>
      <ConfirmDialog
        isOpen={isAsking}
        title="Sign with the next certificate?"
        confirmLabel="Sign with it, with a tap"
        act={rollOver}
        onClose={() => setAsking(false)}
      >
        It is the same for every application that asks by SAML. One that does not know it lets nobody in until it does.
      </ConfirmDialog>
    </Section>
  )
}
