import { Group, Stack, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

interface SectionProps {
  title: string
  action?: ReactNode
  children: ReactNode
}

/** A titled part of a page. */
export function Section({ title, action, children }: SectionProps) {
  const id = useId()
  return (
    <Stack component="section" gap="sm" aria-labelledby={id}>
      <Group justify="space-between">
        {/* On a phone a long title takes two lines beside a short button, rather than one above it. */}
        <Title order={2} id={id} flex="1 1 200px">
          {title}
        </Title>
        {action}
      </Group>
      {children}
    </Stack>
  )
}
