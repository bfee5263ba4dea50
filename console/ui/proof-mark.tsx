import { Badge, Popover, UnstyledButton } from '@mantine/core'
import { IconFlag, IconShieldCheck, IconShieldHalf, IconShieldOff, IconShieldX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Proof } from '../api/shapes.ts'

/** What stands in the record, and beside it: proven, but by less than the guardrails ask today. */
type MarkState = Proof['state'] | 'weaker'
const markState = (proof: Proof): MarkState =>
  proof.state === 'proven' && proof.weaker !== null ? 'weaker' : proof.state

const marks: Record<MarkState, { label: string; color: string; icon: typeof IconFlag }> = {
  proven: { label: 'Proven', color: 'teal', icon: IconShieldCheck },
  weaker: { label: 'Proven, weaker', color: 'orange', icon: IconShieldHalf },
  baseline: { label: 'Start', color: 'gray', icon: IconFlag },
  unproven: { label: 'Not proven', color: 'yellow', icon: IconShieldOff },
  broken: { label: 'Broken', color: 'red', icon: IconShieldX },
}

const claims: Record<MarkState, (who: string, proof: Proof) => string> = {
  proven: (who, { userVerified, action }) =>
    `${who} ${action === 'tag' ? 'made this tag' : 'proved this'} with a tap${userVerified ? ', verified by the key' : ''}`,
  weaker: (who) => `${who} proved this with a tap that would not be enough today`,
  baseline: (who, { by }) => (by ? `Protection starts here, sealed by ${who}` : 'Protection starts here'),
  unproven: () => 'No person proved this',
  broken: () => 'It carries a signature that does not match',
}

/** What a mark means, in a sentence; why it is weaker stands in `proof.weaker`. */
export const proofClaim = (proof: Proof): string => claims[markState(proof)](proof.by?.displayName ?? 'Somebody', proof)

interface ProofMarkProps {
  /** Null where nothing is claimed: outside protected branches. Draws nothing then. */
  proof: Proof | null
  /** Only the icon, for dense rows. */
  isCompact?: boolean
  /** Opened by the mark: person, key, strength, time, digest, and how to verify it. */
  card?: ReactNode
}

/** The same small mark wherever something is or is not proven. */
export function ProofMark({ proof, isCompact = false, card }: ProofMarkProps) {
  if (!proof) return null
  const { label, color, icon: Icon } = marks[markState(proof)]
  const sentence = [proofClaim(proof), ...(proof.weaker ? [proof.weaker] : [])].join('. ')
  // Two tints apart is what a small text on its own colour needs (WCAG 1.4.3).
  const text = `light-dark(color-mix(in srgb, var(--mantine-color-${color}-9) 75%, black), var(--mantine-color-${color}-2))`
  const mark = (
    <Badge
      variant="light"
      color={color}
      size="md"
      tt="none"
      fw={550}
      title={sentence}
      leftSection={<Icon size={14} aria-hidden />}
      styles={{ root: { color: text, cursor: card ? 'pointer' : 'default' } }}
      {...(isCompact ? { 'aria-label': `${label}: ${sentence}`, px: 5, role: 'img' } : {})}
    >
      {isCompact ? null : label}
    </Badge>
  )
  if (!card) return mark
  return (
    <Popover withArrow shadow="md" position="bottom-start" width={360} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton aria-label={`${label}: ${sentence}`} lh={1}>
          {mark}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>{card}</Popover.Dropdown>
    </Popover>
  )
}
