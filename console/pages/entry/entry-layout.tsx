import { Center, Container, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { paths } from '../../paths.ts'
import { Wordmark } from '../../ui/wordmark.tsx'

interface EntryLayoutProps {
  title: string
  lead?: ReactNode
  children: ReactNode
  /** What belongs to it and needs more room, below the card. */
  below?: ReactNode
}

/** The pages before the door: one card, one thing to do. */
export function EntryLayout({ title, lead, children, below }: EntryLayoutProps) {
  useEffect(() => {
    document.title = `${title} · Postern`
  }, [title])
  return (
    <Container component="main" size={below ? 1080 : 480} py={{ base: 'lg', sm: 48 }} px="md">
      <Center mb="lg">
        <Wordmark href={paths.home} />
      </Center>
      <Paper withBorder p={{ base: 'md', sm: 'xl' }} radius="lg" {...(below ? { maw: 640, mx: 'auto', mb: 'xl' } : {})}>
        <Stack gap="lg">
          <Stack gap={6}>
            <Title order={1}>{title}</Title>
            {lead && <Text c="dimmed">{lead}</Text>}
          </Stack>
          {children}
        </Stack>
      </Paper>
      {below}
    </Container>
  )
}
