import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'

interface ReasonedButtonProps extends ButtonProps {
  /** Why it cannot be pressed now; null where it can. */
  reason: string | null
  onClick?: () => void
  type?: 'button' | 'submit'
  children: ReactNode
}

/** A button that is never dead without saying why: it stays in the tab order and tells its reason on hover and focus. */
export function ReasonedButton({ reason, onClick, ...props }: ReasonedButtonProps) {
  if (reason === null) return <Button {...props} {...(onClick ? { onClick } : {})} />
  return (
    <Tooltip label={reason} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...props}
        data-disabled
        aria-disabled
        aria-description={reason}
        onClick={(event) => event.preventDefault()}
      />
    </Tooltip>
  )
}
