import { NumberInput, Select, SimpleGrid, Stack, Switch } from '@mantine/core'
import type { BranchRule } from '../../api/shapes.ts'
import { capital } from '../../ui/plain-words.ts'
import { Section } from '../../ui/section.tsx'
import { strengthWords } from '../../ui/strength-words.ts'
import type { RulePart } from './rule-part.ts'
import { FormGroups } from './form-groups.tsx'

const strengths = ['passkey', 'device-bound', 'attested'] as const

/** Who must have tapped to approve before anybody may merge. */
export function FormApprovals({ rule, names, errors, onChange, ownersFile }: RulePart & { ownersFile: string | null }) {
  const number = (value: string | number): number => Math.max(0, Math.min(10, Math.trunc(Number(value) || 0)))
  const setApprovals = (approvals: number) =>
    onChange({ approvals, agentApprovals: Math.max(approvals, rule.agentApprovals) })
  return (
    <Section title="Approvals">
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberInput
            label="People who must approve"
            description="Each with a tap; never the author"
            min={0}
            max={10}
            value={rule.approvals}
            error={errors['approvals']}
            onChange={(value) => setApprovals(number(value))}
          />
          <NumberInput
            label="Where an agent wrote any of it"
            description="People who must approve then; never fewer"
            min={rule.approvals}
            max={10}
            value={rule.agentApprovals}
            error={errors['agentApprovals']}
            onChange={(value) => onChange({ agentApprovals: number(value) })}
          />
        </SimpleGrid>
        <FormGroups rule={rule} names={names} errors={errors} onChange={onChange} />
        <Select
          label="They tap with at least"
          data={strengths.map((value) => ({ value, label: capital(strengthWords[value]) }))}
          value={rule.approvalStrength}
          allowDeselect={false}
          onChange={(value) => onChange({ approvalStrength: value as BranchRule['approvalStrength'] })}
        />
        <Switch
          label="Code owners must approve"
          description={
            ownersFile === null
              ? 'There is no CODEOWNERS file on this branch yet, so nobody would be asked'
              : `Who owns what, by ${ownersFile} on this branch`
          }
          checked={rule.codeOwners}
          onChange={({ currentTarget: { checked } }) => onChange({ codeOwners: checked })}
        />
        <Switch
          label="Whoever pushed last does not count"
          description="So that nobody adds something after reading and approves it alone"
          checked={rule.excludeLastPusher}
          onChange={({ currentTarget: { checked } }) => onChange({ excludeLastPusher: checked })}
        />
        <Switch
          label="Approvals outlive a push that changes nothing"
          description="The same files with the same content, under another message or on a newer base. Any other push voids them"
          checked={rule.keepOnSamePatch}
          onChange={({ currentTarget: { checked } }) => onChange({ keepOnSamePatch: checked })}
        />
        <Switch
          label="Every thread must be resolved"
          checked={rule.resolveThreads}
          onChange={({ currentTarget: { checked } }) => onChange({ resolveThreads: checked })}
        />
      </Stack>
    </Section>
  )
}
