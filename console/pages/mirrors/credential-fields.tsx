import { PasswordInput, SimpleGrid, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'

type InputProps = ReturnType<UseFormReturnType<Record<string, unknown>>['getInputProps']>

/** How to come in on the other server. A token there is the password here. */
export const CredentialFields = (props: { username: InputProps; password: InputProps; placeholder?: string }) => (
  <SimpleGrid cols={{ base: 1, sm: 2 }}>
    <TextInput
      label="User name there"
      description="Empty will do for most tokens"
      maxLength={255}
      autoComplete="off"
      spellCheck={false}
      {...props.username}
    />
    <PasswordInput
      label="Password or token there"
      description="Kept encrypted, never shown again"
      maxLength={4000}
      // Not a password of this place: no browser should offer or keep one.
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
      {...(props.placeholder ? { placeholder: props.placeholder } : {})}
      {...props.password}
    />
  </SimpleGrid>
)
