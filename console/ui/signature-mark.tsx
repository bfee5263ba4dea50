import { Badge, Popover, UnstyledButton } from '@mantine/core'
import { IconSignature, IconSignatureOff } from '@tabler/icons-react'
import type { CommitSignature } from '../api/shapes.ts'
import { SignatureCard } from './signature-card.tsx'

const marks: Record<CommitSignature['state'], { label: string; color: string; icon: typeof IconSignature }> = {
  registered: { label: 'Signed', color: 'blue', icon: IconSignature },
  doubtful: { label: 'Not counted', color: 'orange', icon: IconSignatureOff },
  unregistered: { label: 'Unknown key', color: 'gray', icon: IconSignature },
  unjudged: { label: 'Not judged', color: 'gray', icon: IconSignature },
  broken: { label: 'Bad signature', color: 'red', icon: IconSignatureOff },
}

interface SignatureMarkProps {
  /** Null draws nothing. */
  signature: CommitSignature | null
  /** Only the icon, for dense rows and beside a proof. */
  isCompact?: boolean
}

/** Who signed a commit or a tag with a key of their own; what the server itself knows of it says the proof mark. */
export function SignatureMark({ signature, isCompact = false }: SignatureMarkProps) {
  if (!signature) return null
  const { label, color, icon: Icon } = marks[signature.state]
  // Two tints apart is what a small text on its own colour needs (WCAG 1.4.3).
  const text = `light-dark(color-mix(in srgb, var(--mantine-color-${color}-9) 75%, black), var(--mantine-color-${color}-2))`
  return (
    <Popover withArrow shadow="md" position="bottom-start" width={360} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton aria-label={`${label}: ${signature.label}`} lh={1}>
          <Badge
            variant="light"
            color={color}
            size="md"
            tt="none"
            fw={550}
            title={signature.label}
            leftSection={<Icon size={14} aria-hidden />}
            styles={{ root: { color: text, cursor: 'pointer' }, ...(isCompact ? { section: { margin: 0 } } : {}) }}
            {...(isCompact ? { px: 5 } : {})}
          >
            {isCompact ? null : label}
          </Badge>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <SignatureCard signature={signature} />
      </Popover.Dropdown>
    </Popover>
  )
}
