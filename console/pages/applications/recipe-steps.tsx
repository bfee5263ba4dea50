import { Alert, Anchor, Box, Group, List, Stack, Text, Title } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { CopiedValue, Recipe } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { ranWords } from './application-words.ts'
import { fill, namesIn } from './fill-recipe.ts'
import { RanBadge } from './ran-badge.tsx'

interface RecipeStepsProps {
  recipe: Recipe
  /** What is known by now, of this place and of the application. */
  values: readonly CopiedValue[]
  /** What the administrator said. */
  asked: Readonly<Record<string, string>>
  /** It stands already: what is missing was shown once, and not what is still to come. */
  isMade?: boolean
}

/** Where they stand on a page that leads there. */
export const stepsId = 'in-the-tool'

/** What to do in the product, in order, with everything to paste; what is not known yet says when it will be. */
export function RecipeSteps({ recipe, values, asked, isMade = false }: RecipeStepsProps) {
  const where = isMade ? 'shown once, when it was made' : 'comes with your tap'
  const known: Record<string, string> = {
    ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== '')),
    ...Object.fromEntries(values.map(({ name, value }) => [name, value])),
  }
  const labelOf = (name: string) => values.find((value) => value.name === name)?.label ?? laterWords[name] ?? name
  return (
    <Stack id={stepsId} gap="md" component="section" aria-label={`In ${recipe.product}`}>
      <Group gap="xs">
        <Title order={2} size="h4">
          In {recipe.product}
        </Title>
        <RanBadge ran={recipe.ran} />
      </Group>
      <Box component="ol" m={0} pl="lg" fz="sm">
        {recipe.steps.map((step, index) => (
          <Box component="li" key={index} mb="md">
            <Stack gap="xs">
              <Text size="sm">{fill(step.text, known)}</Text>
              {step.values?.map((name) =>
                known[name] === undefined ? (
                  <Text key={name} size="sm" c="dimmed">
                    {labelOf(name)}: {where}
                  </Text>
                ) : (
                  <CopyBlock key={name} label={labelOf(name)} lines={known[name].split('\n')} what={labelOf(name)} />
                ),
              )}
              {step.code !== undefined && (
                <>
                  <CopyBlock lines={fill(step.code, known).split('\n')} what="these lines" />
                  <Missing names={namesIn(fill(step.code, known))} labelOf={labelOf} recipe={recipe} where={where} />
                </>
              )}
            </Stack>
          </Box>
        ))}
      </Box>
      {recipe.notes.length > 0 && (
        <Alert variant="light" color="gray" icon={<IconInfoCircle />} title="To know before">
          <List size="sm" spacing={4}>
            {recipe.notes.map((note) => (
              <List.Item key={note}>{note}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        {ranWords[recipe.ran].sentence}{' '}
        <Anchor href={recipe.source} inherit target="_blank" rel="noreferrer">
          {recipe.sourceName}
        </Anchor>
      </Text>
    </Stack>
  )
}

function Missing({
  names,
  labelOf,
  recipe,
  where,
}: {
  names: readonly string[]
  labelOf: (name: string) => string
  recipe: Recipe
  where: string
}) {
  const asks = new Map(recipe.asks.map(({ name, label }) => [name, label]))
  const inForm = [...new Set(names)].flatMap((name) => asks.get(name) ?? [])
  const later = [...new Set(names)].filter((name) => !asks.has(name)).map(labelOf)
  if (inForm.length + later.length === 0) return null
  return (
    <Text size="sm" c="dimmed">
      {[
        ...(inForm.length === 0 ? [] : [`${inForm.join(', ')}: as you type it in the form.`]),
        ...(later.length === 0
          ? []
          : [`${later.join(', ')}: ${later.length > 1 ? where.replace('comes', 'come') : where}.`]),
      ].join(' ')}
    </Text>
  )
}

/** Values that there are none of before an application is made, or that are shown but once. */
const laterWords: Record<string, string> = {
  clientId: 'Client ID',
  clientSecret: 'Client secret',
  audience: 'Its address',
}
