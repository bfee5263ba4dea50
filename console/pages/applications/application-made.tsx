import { Alert, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconCheck, IconKey } from '@tabler/icons-react'
import type { ApplicationMade as Made, Recipe } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { Section } from '../../ui/section.tsx'
import { routeNeedsNothing, valuesTitle } from './application-words.ts'
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
  // Nothing of the tool has to be changed first.
  const canOpen = application.kind === 'route' && recipe === undefined && application.opensAt !== null
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
        <Section title={recipe === undefined ? valuesTitle[application.kind] : 'All values'}>
          {application.kind === 'route' && recipe === undefined && <Text size="sm">{routeNeedsNothing}</Text>}
          <ValuesToCopy values={application.values} />
        </Section>
      </SimpleGrid>
      <Group>
        {canOpen && (
          <Button component="a" href={application.opensAt ?? ''}>
            Open {application.name}
          </Button>
        )}
        <Button
          component="a"
          href={paths.application(application.slug, { test: 'yes' })}
          variant={canOpen ? 'default' : 'filled'}
        >
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
