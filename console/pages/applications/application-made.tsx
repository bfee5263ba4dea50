import { Alert, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconCheck, IconKey } from '@tabler/icons-react'
import type { ApplicationMade as Made, Recipe } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { Section } from '../../ui/section.tsx'
import { RecipeSteps } from './recipe-steps.tsx'
import { ValuesToCopy } from './values-to-copy.tsx'

interface ApplicationMadeProps {
  made: Made
  recipe: Recipe | undefined
  asked: Record<string, string>
}

/** After the tap: what to put into the tool, its secret this once, and trying it. */
export function ApplicationMade({ made: { application, shownOnce }, recipe, asked }: ApplicationMadeProps) {
  const values = [...application.values, ...shownOnce]
  return (
    <Stack gap="lg" maw={980}>
      {shownOnce.length > 0 ? (
        <Alert color="gray" icon={<IconKey />} title="Copy this now: it is shown only once.">
          <ValuesToCopy values={shownOnce} />
        </Alert>
      ) : (
        <Alert color="green" variant="light" icon={<IconCheck />}>
          It holds from now on.
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        {recipe !== undefined && <RecipeSteps recipe={recipe} values={values} asked={asked} />}
        <Section title="All values">
          <ValuesToCopy values={application.values} />
        </Section>
      </SimpleGrid>
      <Group>
        <Button component="a" href={paths.application(application.slug, { test: 'yes' })}>
          Test sign-in
        </Button>
        <Button component="a" href={paths.application(application.slug)} variant="default">
          {shownOnce.length > 0 ? 'I have copied it' : 'Done'}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        Those who may open it find it on their Home.
      </Text>
    </Stack>
  )
}
