import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconCheck, IconUpload } from '@tabler/icons-react'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { type Enrolment, type PastedKey, signCommand } from './ssh-key-words.ts'

interface ProofValues {
  signature: string
  attestation: string
}

interface SshKeyProofProps<Values extends ProofValues> {
  pasted: PastedKey
  enrolment: Enrolment
  form: UseFormReturnType<Values>
}

/** That the key is theirs: a line that it signs, or, for a security key made for this place, what its maker says of it. */
export function SshKeyProof<Values extends ProofValues>({ pasted, enrolment, form }: SshKeyProofProps<Values>) {
  const { attestation } = form.values
  return (
    <Stack gap="xs">
      {attestation === '' && (
        <>
          <CopyBlock
            label="Run this, so that it is certain that the key is yours"
            lines={[signCommand(enrolment, pasted)]}
            what="this command"
          />
          <Text size="sm" c="dimmed">
            If your key lies elsewhere, name that file at the end. Nothing secret leaves your machine.
          </Text>
          <Textarea
            label="What it prints"
            placeholder="-----BEGIN SSH SIGNATURE-----"
            autosize
            minRows={3}
            maxRows={8}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            {...form.getInputProps('signature')}
          />
        </>
      )}
      {pasted.isSecurityKey && (
        <AttestationFile
          isChosen={attestation !== ''}
          error={form.errors['attestation']}
          onRead={(base64) => {
            form.setValues({ attestation: base64 } as Partial<Values>)
            form.clearErrors()
          }}
        />
      )}
    </Stack>
  )
}

function AttestationFile({
  isChosen,
  error,
  onRead,
}: {
  isChosen: boolean
  error: React.ReactNode
  onRead: (base64: string) => void
}) {
  const read = async (file: File | null): Promise<void> => {
    if (file === null) return
    // No such file is larger; the server says what is wrong with any other.
    const bytes = new Uint8Array(await file.slice(0, 14_000).arrayBuffer())
    onRead(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')))
  }
  return (
    <Stack gap={4}>
      <Group gap="sm">
        <FileButton onChange={(file) => void read(file)}>
          {(props) => (
            <Button {...props} variant="default" size="xs" leftSection={<IconUpload size={16} aria-hidden />}>
              Upload postern-attestation
            </Button>
          )}
        </FileButton>
        {isChosen && (
          <Group gap={4}>
            <IconCheck size={16} aria-hidden />
            <Text size="sm">Read; its model is checked when you add it.</Text>
            <Button variant="subtle" size="compact-sm" onClick={() => onRead('')}>
              Sign instead
            </Button>
          </Group>
        )}
      </Group>
      {!isChosen && (
        <Text size="sm" c="dimmed">
          Or, if you made it with the commands of this page: the file beside the key, which proves its model too.
        </Text>
      )}
      {error !== undefined && (
        <Text size="sm" c="red">
          {error}
        </Text>
      )}
    </Stack>
  )
}
