import { Button } from '@mantine/core'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'

export const NoDraft = () => (
  <EmptyState
    title="Nothing to review"
    action={
      <Button component="a" href={paths.guardrails()}>
        See the guardrails
      </Button>
    }
  >
    Switch a guardrail on or off, or write a rule, and you see here what it would mean.
  </EmptyState>
)
