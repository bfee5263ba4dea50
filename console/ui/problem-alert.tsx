import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ProblemError } from '../api/problem.ts'

interface ProblemAlertProps {
  error: unknown
  /** The button that does what would help. */
  action?: ReactNode
}

/** A refusal: what, why, and what next. Draws nothing without an error. Turning away from a tap is no failure. */
export function ProblemAlert({ error, action }: ProblemAlertProps) {
  if (!error) return null
  const problem = error instanceof ProblemError ? error.problem : null
  const isQuiet = problem?.code === 'turned-away'
  return (
    <Alert
      role="alert"
      variant="light"
      color={isQuiet ? 'gray' : 'red'}
      title={problem?.title ?? 'Something went wrong on this page'}
      icon={isQuiet ? <IconInfoCircle /> : <IconAlertTriangle />}
      styles={{ message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } }}
    >
      <Stack gap={6} align="flex-start">
        {problem?.detail && <Text size="sm">{problem.detail}</Text>}
        {problem?.help && <Text size="sm">{problem.help}</Text>}
        {!problem && <Text size="sm">Nothing you typed is lost. Try again; if it stays so, reload the page.</Text>}
        {action}
      </Stack>
    </Alert>
  )
}
