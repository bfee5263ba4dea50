import { Button, Group, Text } from '@mantine/core'
import { paths } from '../../paths.ts'
import { Section } from '../../ui/section.tsx'

/** The way to what is known of keys' models. */
export const ModelsLink = () => (
  <Section title="Models of keys">
    <Group justify="space-between" gap="sm">
      <Text size="sm" c="dimmed" maw={640}>
        A key is a hardware key of a verified model only where its model is known here. FIDO publishes which models
        there are and what is wrong with them; you choose which of its reports count.
      </Text>
      <Button component="a" href={paths.models()} variant="default">
        Models and reports
      </Button>
    </Group>
  </Section>
)
