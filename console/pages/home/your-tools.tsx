import { Group, SimpleGrid, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { OwnTool } from '../../api/shapes.ts'
import { LinkCard } from '../../ui/link-card.tsx'
import { Section } from '../../ui/section.tsx'
import { firstStop } from '../routes-entry/resolves-no-localhost.ts'

/** What somebody opens beside Git: each a card to press. What takes another key says so, and leads there all the same. */
export const YourTools = ({ tools }: { tools: readonly OwnTool[] }) => (
  <Section title="Your tools">
    <SimpleGrid component="ul" aria-label="Your tools" cols={{ base: 1, xs: 2, md: 3 }} p={0} m={0}>
      {tools.map(({ slug, name, description, opensAt, needs }) => (
        <LinkCard key={slug} name={name} href={opensAt && firstStop(opensAt, navigator.userAgent)}>
          {description}
          <Hint opensAt={opensAt} needs={needs} />
        </LinkCard>
      ))}
    </SimpleGrid>
  </Section>
)

function Hint({ opensAt, needs }: Pick<OwnTool, 'opensAt' | 'needs'>) {
  if (needs !== null)
    return (
      <Group gap={6} mt={6} wrap="nowrap" align="flex-start" c="var(--mantine-color-text)">
        <IconKey size={16} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
        <Text size="sm">{needs}</Text>
      </Group>
    )
  return opensAt === null ? (
    <Text size="sm" mt={6}>
      Open it at its own address: your passkey lets you in.
    </Text>
  ) : null
}
