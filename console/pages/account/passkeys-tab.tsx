import { Stack, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useMe } from '../../api/use-me.ts'
import { hasNoPasskey } from '../../forms/make-passkey.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { credentialsQuery } from './account-queries.ts'
import { AddPasskey } from './add-passkey.tsx'
import { PasswordCard } from './password-card.tsx'
import { PasskeyRow } from './passkey-row.tsx'

export function PasskeysTab() {
  const { data } = useSuspenseQuery(credentialsQuery)
  const isOnly = data.items.length < 2
  const hasNone = hasNoPasskey(useMe())
  return (
    <Stack>
      {!hasNone && (
        <Text c="dimmed" maw={640}>
          {isOnly
            ? 'One passkey is one accident away from being locked out. Add a second, on another device or a security key.'
            : 'Any of these lets you in and proves what you approve. Remove those you no longer hold.'}
        </Text>
      )}
      <PasswordCard />
      {!hasNone && <AddPasskey />}
      {data.items.length > 0 && (
        <RowList label="Your passkeys">
          {data.items.map((credential) => (
            <PasskeyRow key={credential.id} credential={credential} isOnly={isOnly} />
          ))}
        </RowList>
      )}
    </Stack>
  )
}
