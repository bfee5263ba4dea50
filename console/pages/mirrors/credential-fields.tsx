import { PasswordInput, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { isSsh } from './ssh-words.ts'

/** What is typed into the fields; which of them count, the address says. */
export const noCredential = { username: '', password: '', sshKey: '', hostKey: '' }
export type CredentialValues = typeof noCredential

type Props = {
  url: string
  getInputProps: UseFormReturnType<Record<string, unknown>>['getInputProps']
  placeholder?: string
}

/** How to come in on the other server: over SSH with a key, otherwise with a user name and a password. */
export const CredentialFields = (props: Props) =>
  isSsh(props.url) ? <SshFields {...props} /> : <PasswordFields {...props} />

/** A token there is the password here. */
const PasswordFields = ({ getInputProps, placeholder }: Props) => (
  <SimpleGrid cols={{ base: 1, sm: 2 }}>
    <TextInput
      label="User name there"
      description="Empty will do for most tokens"
      maxLength={255}
      autoComplete="off"
      spellCheck={false}
      {...getInputProps('username')}
    />
    <PasswordInput
      label="Password or token there"
      description="Kept encrypted, never shown again"
      maxLength={4000}
      // Not a password of this place: no browser should offer or keep one.
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
      {...(placeholder ? { placeholder } : {})}
      {...getInputProps('password')}
    />
  </SimpleGrid>
)

const SshFields = ({ getInputProps, placeholder }: Props) => (
  <Stack gap="sm">
    <Textarea
      label="Private key"
      description="Made for this alone, without a passphrase; its public half is added there. Kept encrypted, never shown again"
      placeholder={placeholder || '-----BEGIN OPENSSH PRIVATE KEY-----'}
      rows={4}
      maxLength={16_000}
      autoComplete="off"
      spellCheck={false}
      {...getInputProps('sshKey')}
    />
    <TextInput
      label="The server’s key"
      description="Its fingerprint, or its line of known_hosts. Empty: the first that it shows counts from then on"
      placeholder="SHA256:…"
      maxLength={16_000}
      autoComplete="off"
      spellCheck={false}
      {...getInputProps('hostKey')}
    />
  </Stack>
)

/** Only what counts for this address, and only what was typed: an empty secret is one that stays. */
export const credentialSent = (url: string, { username, password, sshKey, hostKey }: CredentialValues, known = '') =>
  isSsh(url)
    ? { ...(sshKey === '' ? {} : { sshKey }), ...(hostKey === known ? {} : { hostKey }) }
    : { username, ...(password === '' ? {} : { password }) }
