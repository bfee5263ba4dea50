import { Stack, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { RowList } from '../../ui/row-list.tsx'
import { credentialsQuery } from './account-queries.ts'
import { AddPasskey } from './add-passkey.tsx'
import { PasskeyRow } from './passkey-row.tsx'

export function PasskeysTab() {
  const { data } = useSuspenseQuery(credentialsQuery)
  const isOnly = data.items.length < 2
  return (
    <Stack>
      <Text c="dimmed" maw={640}>
        {isOnly
          ? 'One passkey is one accident away from being locked out. Add a second, on another device or a security key.'
          : 'Any of these lets you in and proves what you approve. Remove those you no longer hold.'}
      </Text>
      <AddPasskey />
      <RowList label="Your passkeys">
        {data.items.map((credential) => (
          <PasskeyRow key={credential.id} credential={credential} isOnly={isOnly} />
        ))}
      </RowList>
    </Stack>
  )
}
