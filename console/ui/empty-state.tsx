import { Center, Paper, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  title: string
  children?: ReactNode
  /** The one next step. */
  action?: ReactNode
  icon?: ReactNode
}

/** A list without rows says what belongs there and offers the one next step. */
export function EmptyState({ title, children, action, icon }: EmptyStateProps) {
  return (
    <Paper withBorder px="lg" py="xl">
      <Center>
        <Stack align="center" gap="sm" maw={480} ta="center">
          {icon && (
            <Text span c="dimmed" lh={1} aria-hidden>
              {icon}
            </Text>
          )}
          <Text fw={600}>{title}</Text>
          {children && (
            <Text c="dimmed" style={{ textWrap: 'balance' }}>
              {children}
            </Text>
          )}
          {action}
        </Stack>
      </Center>
    </Paper>
  )
}
