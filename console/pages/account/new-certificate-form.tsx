import { Paper, Select, Stack, Textarea } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { CertificateIssued, NewCertificate } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { certificateAuthorityQuery } from './account-queries.ts'

interface NewCertificateFormProps {
  onMade: (made: CertificateIssued) => void
  onCancel: () => void
}

/** For a machine on which the command cannot run: the public key goes in, the certificate comes out. */
export function NewCertificateForm({ onMade, onCancel }: NewCertificateFormProps) {
  const { data: authority } = useSuspenseQuery(certificateAuthorityQuery)
  const { form, act, onSubmit } = useActForm({
    initialValues: { publicKey: '', hours: String(authority.hours) },
    validate: { publicKey: required('the line of your .pub file') },
    act: ({ publicKey, hours }) =>
      api.post<CertificateIssued>('/me/ssh/certificates', {
        publicKey: publicKey.trim(),
        hours: Number(hours),
      } satisfies NewCertificate),
    onDone: async (made) => {
      onMade(made)
      await refresh('/me/ssh/certificates')
    },
  })
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate maw={640}>
      <Stack>
        <Textarea
          label="Public key"
          description="The line of a .pub file, such as ~/.ssh/id_ed25519.pub"
          placeholder="ssh-ed25519 AAAA…"
          autosize
          minRows={3}
          autoFocus
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', overflowWrap: 'anywhere' } }}
          {...form.getInputProps('publicKey')}
        />
        <Select
          label="How long"
          data={hourChoices(authority.hours)}
          allowDeselect={false}
          {...form.getInputProps('hours')}
        />
        <FormEnd act={act} onCancel={onCancel}>
          Get it with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}

const hourChoices = (most: number): { value: string; label: string }[] =>
  [...new Set([1, 2, 4, 8, 12, 24, most])]
    .filter((hours) => hours <= most)
    .sort((one, other) => one - other)
    .map((hours) => ({ value: String(hours), label: hours === 1 ? '1 hour' : `${hours} hours` }))
