import { Button, Group, MultiSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { PolicyView } from '../../api/shapes.ts'
import { Section } from '../../ui/section.tsx'
import { type Draft, onTopOf } from './draft.ts'
import { isSame } from './policy-edits.ts'

/** FIDO Metadata Service 3.1 §3.1.4: what a report about a model can say against it. */
const reports: Record<string, string> = {
  REVOKED: 'Withdrawn by FIDO',
  ATTESTATION_KEY_COMPROMISE: 'The maker’s attestation key leaked',
  USER_VERIFICATION_BYPASS: 'Its PIN or fingerprint can be bypassed',
  USER_KEY_REMOTE_COMPROMISE: 'Its keys can be stolen from afar',
  USER_KEY_PHYSICAL_COMPROMISE: 'Its keys can be stolen by whoever holds it',
}

interface StatusesCardProps {
  view: PolicyView
  draft: Draft | null
  onReview: (draft: Draft) => void
}

/** Which reports about an authenticator model take its good name. */
export function StatusesCard({ view, draft, onReview }: StatusesCardProps) {
  const standing = (draft?.policy ?? view.policy).refusedModelStatuses
  const [chosen, setChosen] = useState(standing)
  const known = [...new Set([...Object.keys(reports), ...standing])]
  const review = () => {
    const next = onTopOf(view, draft)
    onReview({ ...next, policy: { ...next.policy, refusedModelStatuses: chosen } })
  }
  return (
    <Section title="Models with a bad report">
      <Stack gap="sm" maw={640}>
        <Text size="sm" c="dimmed">
          FIDO publishes what is wrong with models of keys. A model with one of these reports is not registered, and
          keys of it count no more than any passkey.
        </Text>
        <MultiSelect
          aria-label="Reports that count against a model"
          data={known.map((value) => ({ value, label: reports[value] ?? value }))}
          value={chosen}
          onChange={setChosen}
        />
        {!isSame([...chosen].sort(), [...standing].sort()) && (
          <Group>
            <Button onClick={review}>Review the change</Button>
            <Button variant="default" onClick={() => setChosen(standing)}>
              Put it back
            </Button>
          </Group>
        )}
      </Stack>
    </Section>
  )
}
