import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { ProblemError } from '../api/problem.ts'
import { Words } from './words.tsx'

interface ProblemAlertProps {
  error: unknown
  /** The button that does what would help. */
  action?: ReactNode
}

/** A refusal: what, why, and what next. Draws nothing without an error. Turning away from a tap is no failure. */
export function ProblemAlert({ error, action }: ProblemAlertProps) {
  const box = useRef<HTMLDivElement>(null)
  // On a phone the refusal may lie below the fold.
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' })
  }, [error])
  if (!error) return null
  const problem = error instanceof ProblemError ? error.problem : null
  const isQuiet = problem?.code === 'turned-away'
  const saysMore = !problem || problem.detail || problem.help || action
  return (
    <Alert
      ref={box}
      role="alert"
      variant="light"
      color={isQuiet ? 'gray' : 'red'}
      title={problem ? <Words>{problem.title}</Words> : 'Something went wrong on this page'}
      icon={isQuiet ? <IconInfoCircle /> : <IconAlertTriangle />}
    >
      {saysMore && (
        <Stack gap={6} align="flex-start">
          {problem?.detail && (
            <Text size="sm">
              <Words>{problem.detail}</Words>
            </Text>
          )}
          {problem?.help && (
            <Text size="sm">
              <Words>{problem.help}</Words>
            </Text>
          )}
          {!problem && <Text size="sm">Nothing you typed is lost. Try again; if it stays so, reload the page.</Text>}
          {action}
        </Stack>
      )}
    </Alert>
  )
}
