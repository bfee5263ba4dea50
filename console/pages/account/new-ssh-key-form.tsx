import { Checkbox, Paper, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { NewSshKey, SshKeyView } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { PastedSshKey } from './pasted-ssh-key.tsx'
import { SshKeyProof } from './ssh-key-proof.tsx'
import { type Enrolment, pastedProblem, readPastedKey } from './ssh-key-words.ts'

const lifetimes = [
  { value: '', label: 'Never, until I end it' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
]

interface NewSshKeyFormProps {
  enrolment: Enrolment
  onDone: () => void
  onCancel: () => void
}

export function NewSshKeyForm({ enrolment, onDone, onCancel }: NewSshKeyFormProps) {
  const [hasNamed, setNamed] = useState(false)
  const { form, act, onSubmit } = useActForm({
    initialValues: {
      publicKey: '',
      name: '',
      uses: ['login', 'signing'],
      days: '',
      signature: '',
      /** In base64; empty while no file was chosen. */
      attestation: '',
    },
    validate: {
      publicKey: pastedProblem,
      name: required('it a name, such as the machine it is on'),
      uses: (uses) => (uses.length ? null : 'Choose what it is for'),
      signature: (signature, { attestation }) =>
        signature.trim() || attestation ? null : 'Run the command above, and paste what it prints',
    },
    act: ({ publicKey, name, uses, days, signature, attestation }) =>
      api.post<SshKeyView>('/me/ssh-keys', {
        name: name.trim(),
        publicKey: publicKey.trim(),
        forLogin: uses.includes('login'),
        forSigning: uses.includes('signing'),
        expiresInDays: days === '' ? null : Number(days),
        ...(attestation ? { attestation } : { signature }),
      } satisfies NewSshKey),
    onDone: async () => {
      onDone()
      await refresh('/me/ssh-keys')
    },
  })
  const key = readPastedKey(form.values.publicKey)
  const paste = (publicKey: string): void => {
    form.setFieldValue('publicKey', publicKey)
    form.clearFieldError('publicKey')
    const comment = readPastedKey(publicKey)?.comment ?? ''
    if (!hasNamed && comment !== '') form.setFieldValue('name', comment.slice(0, 100))
  }
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate maw={760}>
      <Stack>
        <Textarea
          label="Public key"
          description="The line in the file that ends in .pub, such as ~/.ssh/id_ed25519.pub"
          placeholder="ssh-ed25519 AAAA…"
          autosize
          minRows={2}
          maxRows={6}
          autoFocus
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', wordBreak: 'break-all' } }}
          {...form.getInputProps('publicKey')}
          onChange={({ currentTarget }) => paste(currentTarget.value)}
        />
        {key && <PastedSshKey pasted={key} />}
        <TextInput
          label="Name"
          placeholder="my laptop"
          maxLength={100}
          {...form.getInputProps('name')}
          onChange={({ currentTarget }) => {
            setNamed(true)
            form.setFieldValue('name', currentTarget.value)
          }}
        />
        <Checkbox.Group label="It is for" {...form.getInputProps('uses')}>
          <Stack gap="xs" mt="xs">
            <Checkbox value="login" label="Coming in over SSH" description="Clone, fetch and push as you" />
            <Checkbox value="signing" label="Signing commits" description="Commits it signs are shown as yours" />
          </Stack>
        </Checkbox.Group>
        <Select label="It ends after" data={lifetimes} allowDeselect={false} {...form.getInputProps('days')} />
        {key && <SshKeyProof pasted={key} enrolment={enrolment} form={form} />}
        <FormEnd act={act} onCancel={onCancel}>
          Add it with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}
