import { Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { DomainView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { useGo } from '../../url-state.ts'
import { domainPath, domainsPath } from './domain-queries.ts'
import { peopleWords } from './domain-words.ts'

/** Says before what becomes of whom it manages. */
export function RemoveDomain({ domain, isOwner }: { domain: DomainView; isOwner: boolean }) {
  const [isOpen, setIsOpen] = useState(false)
  const go = useGo()
  const remove = useMutation({
    mutationFn: () => api.delete(domainPath(domain.id)),
    onSuccess: async () => {
      go(paths.domains, { replace: true })
      await refresh(domainsPath)
    },
  })
  const { managed, noticed, objected } = domain.accounts
  return (
    <>
      <Group>
        <ReasonedButton
          variant="default"
          reason={isOwner ? null : 'Only an owner can remove a domain.'}
          onClick={() => setIsOpen(true)}
        >
          Remove this domain…
        </ReasonedButton>
      </Group>
      <ConfirmDialog
        isOpen={isOpen}
        title={`Remove ${domain.name}?`}
        confirmLabel="Remove it with a tap"
        act={remove}
        onClose={() => setIsOpen(false)}
      >
        <Text inherit>
          {managed === 0
            ? 'It manages nobody.'
            : `It manages ${peopleWords(managed)}: they manage themselves from then on.`}
          {noticed + objected > 0 && ` ${peopleWords(noticed + objected)} that were told stay as they are.`} Nobody’s
          access ends.
        </Text>
      </ConfirmDialog>
    </>
  )
}
