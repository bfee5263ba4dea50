import { Stack } from '@mantine/core'
import { IconLifebuoy } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { queryClient } from '../../api/queries.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { PeopleTabs } from '../people/people-tabs.tsx'
import { BreakGlassSection } from './break-glass-section.tsx'
import { LetBackIn } from './let-back-in.tsx'
import { settingsQuery } from '../../api/settings.ts'
import { breakGlassQuery, recoveriesQuery } from './recovery-queries.ts'
import { RecoveryDelay } from './recovery-delay.tsx'
import { RecoveryRow } from './recovery-row.tsx'

export const fetchAhead: FetchAhead = () => [
  queryClient.ensureQueryData(recoveriesQuery),
  queryClient.ensureQueryData(breakGlassQuery),
  queryClient.ensureQueryData(settingsQuery),
]

/** For administrators: who is getting back in, letting somebody back in, and the code for the worst day. */
export function RecoveriesPage() {
  const isAdmin = isAdministrator(useMe())
  return (
    <>
      <PageHeader
        title="Getting back in"
        description="When somebody has lost every passkey. A recovery makes nobody stronger than they were, and can be undone for a while."
      />
      <PeopleTabs here="recoveries" />
      {isAdmin ? <Sections /> : <EmptyState title="This is for administrators" icon={<IconLifebuoy size={32} />} />}
    </>
  )
}

function Sections() {
  const { data } = useSuspenseQuery(recoveriesQuery)
  return (
    <Stack gap="xl">
      <Section title="Under way">
        {data.items.length === 0 ? (
          <EmptyState title="Nobody is getting back in" icon={<IconLifebuoy size={32} />}>
            When somebody uses a recovery code, or you let somebody back in, it stands here until it is settled.
          </EmptyState>
        ) : (
          <RowList label="Recoveries under way">
            {data.items.map((recovery) => (
              <RecoveryRow key={recovery.id} recovery={recovery} />
            ))}
          </RowList>
        )}
      </Section>
      <Section title="Let somebody back in">
        <LetBackIn />
      </Section>
      <RecoveryDelay />
      <BreakGlassSection />
    </Stack>
  )
}
