import { Button, Group, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiTokenMade } from '../../api/shapes.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { WholeList } from '../../ui/whole-list.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { tokensQuery } from './account-queries.ts'
import { NewTokenFor } from './new-token-for.tsx'
import { NewTokenForm } from './new-token-form.tsx'
import { TokenMade } from './token-made.tsx'
import { TokenRow } from './token-row.tsx'

export function TokensTab() {
  const { data } = useSuspenseQuery(tokensQuery)
  const { new: isNew, repository } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  // Lives in this component only: once left, the secret is gone.
  const [made, setMade] = useState<ApiTokenMade | null>(null)
  const close = () => setQuery({ new: null, repository: null })
  const onMade = (token: ApiTokenMade) => {
    setMade(token)
    close()
  }
  const newButton = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setQuery({ new: 'yes' })}>
      New token
    </Button>
  )
  const form = repository ? (
    <NewTokenFor path={repository} onMade={onMade} onCancel={close} />
  ) : (
    <NewTokenForm onMade={onMade} onCancel={close} />
  )
  return (
    <Stack>
      <Text c="dimmed" maw={640}>
        A token lets git or a script act as you, within what you allow it. It can push and propose; it can never approve
        or merge: that takes your tap.
      </Text>
      {made && <TokenMade made={made} onClose={() => setMade(null)} />}
      {isNew ? form : data.items.length > 0 && <Group>{newButton}</Group>}
      {data.items.length > 0 ? (
        <WholeList label="Your tokens">
          {data.items.map((token) => (
            <TokenRow key={token.id} token={token} onMade={setMade} />
          ))}
        </WholeList>
      ) : (
        !isNew && (
          <EmptyState title="No tokens" action={newButton}>
            Make one to push with git over HTTPS.
          </EmptyState>
        )
      )}
    </Stack>
  )
}
