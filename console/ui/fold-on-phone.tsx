import { Box, Button } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'

interface FoldOnPhoneProps {
  label: string
  /** Something is set in there already: it starts open. */
  isUsed: boolean
  children: ReactNode
}

/** What few need in a long form: always there where there is room, behind a button on a phone. */
export function FoldOnPhone({ label, isUsed, children }: FoldOnPhoneProps) {
  const [isOpen, setOpen] = useState(isUsed)
  return (
    <div>
      <Button
        hiddenFrom="sm"
        fullWidth
        variant="default"
        justify="space-between"
        aria-expanded={isOpen}
        rightSection={isOpen ? <IconChevronUp size={16} /> : <IconChevronDown size={16} />}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </Button>
      {/* What somebody is at stays there when the window becomes narrow, as when a phone is turned upright. */}
      <Box
        pt={{ base: 'md', sm: 0 }}
        onFocusCapture={() => setOpen(true)}
        {...(isOpen ? {} : { visibleFrom: 'sm' as const })}
      >
        {children}
      </Box>
    </div>
  )
}
