import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { ProblemAlert } from '../ui/problem-alert.tsx'

interface FormEndProps {
  /** What the form does. */
  act: { error: Error | null; isPending: boolean }
  /** What the button that does it says. */
  children: ReactNode
  onCancel: () => void
}

/** The end of a form: what was refused, the one act, and the way out. */
export const FormEnd = ({ act, children, onCancel }: FormEndProps) => (
  <>
    <ProblemAlert error={act.error} />
    <Group>
      <Button type="submit" loading={act.isPending}>
        {children}
      </Button>
      <Button variant="default" onClick={onCancel} disabled={act.isPending}>
        Cancel
      </Button>
    </Group>
  </>
)
