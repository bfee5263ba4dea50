import { Alert, Anchor, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconEyeCheck, IconPlus } from '@tabler/icons-react'
import type { LedgerView, WitnessView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { AddWitness } from './add-witness.tsx'
import { WitnessRow } from './witness-row.tsx'

export function Witnesses({ ledger, witnesses }: { ledger: LedgerView; witnesses: WitnessView[] }) {
  const isOwner = useMe().role === 'owner'
  const { witness } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const isEmpty = witnesses.length === 0
  const add = (
    <ReasonedButton
      reason={isOwner ? null : 'Only an owner can add a witness.'}
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => setQuery({ witness: 'new' })}
    >
      Add a witness
    </ReasonedButton>
  )
  return (
    <Section title="Witnesses" {...(isEmpty ? {} : { action: add })}>
      {witnesses
        .filter(({ isContradicting }) => isContradicting)
        .map((each) => (
          <Contradiction key={each.id} witness={each} />
        ))}
      {isEmpty ? (
        <EmptyState icon={<IconEyeCheck size={32} />} title="No witness yet" action={add}>
          A witness is a small program that an auditor, a partner or another team runs. It signs only what has grown
          from all that it saw before, so nobody can be shown another ledger than everybody else.
        </EmptyState>
      ) : (
        <RowList label="Witnesses">
          {witnesses.map((each) => (
            <WitnessRow key={each.id} witness={each} isOwner={isOwner} />
          ))}
        </RowList>
      )}
      <AddWitness
        isOpen={witness === 'new' && isOwner}
        ledgerKey={ledger.key}
        onClose={() => setQuery({ witness: null })}
      />
    </Section>
  )
}

const Contradiction = ({ witness }: { witness: WitnessView }) => (
  <Alert color="red" icon={<IconAlertTriangle />} title={`${witness.name} knows another past of this ledger`}>
    <Stack gap="xs">
      <Text size="sm">{witness.problem}</Text>
      <Text size="sm">
        Either a backup of this server came back, or something recorded was changed, or the witness is wrong. Find out
        which with whoever runs it, before you remove it.{' '}
        <Anchor href={paths.guide('verify#the-ledger')} inherit>
          How to find out
        </Anchor>
      </Text>
    </Stack>
  </Alert>
)
