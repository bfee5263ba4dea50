import { Button, CloseButton, Group, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Section } from '../../ui/section.tsx'
import type { RulePart } from './rule-part.ts'

/** Checks that must have passed, each by the name that its program sets. */
export function FormChecks({ rule, names, errors, onChange }: RulePart) {
  const [name, setName] = useState('')
  const add = () => {
    const clean = name.trim()
    if (clean === '' || rule.checks.some((check) => check.name === clean)) return
    onChange({ checks: [...rule.checks, { name: clean, tokenIds: null }] })
    setName('')
  }
  return (
    <Section title="Checks">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          Programs say over the API whether a commit is good. Those named here must say so of the newest commit.
        </Text>
        {rule.checks.map((check) => (
          <Group key={check.name} gap="xs" align="flex-end" wrap="nowrap">
            <TagsInput
              flex={1}
              label={check.name}
              description={describe(check.tokenIds ?? [], names)}
              placeholder={check.tokenIds === null ? 'Any token that may write' : ''}
              value={check.tokenIds ?? []}
              onChange={(ids) => {
                const tokenIds = ids.length === 0 ? null : ids.map((id) => id.trim())
                onChange({ checks: rule.checks.map((one) => (one === check ? { ...check, tokenIds } : one)) })
              }}
            />
            <CloseButton
              mb={4}
              aria-label={`Do not ask for ${check.name}`}
              onClick={() => onChange({ checks: rule.checks.filter((one) => one !== check) })}
            />
          </Group>
        ))}
        <Group gap="xs" align="flex-end">
          <TextInput
            label="Name of a check"
            placeholder="ci/test"
            maxLength={100}
            value={name}
            error={errors['checks']}
            onChange={({ currentTarget: { value } }) => setName(value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              add()
            }}
          />
          <Button variant="default" onClick={add} disabled={name.trim() === ''}>
            Ask for it
          </Button>
        </Group>
      </Stack>
    </Section>
  )
}

/** An id says nothing to who reads it: beside them stand the names of those that were saved. */
function describe(tokenIds: readonly string[], names: Record<string, string>): string {
  const known = tokenIds.flatMap((id) => names[id] ?? [])
  const now = known.length === 0 ? '' : ` Now: ${known.join(', ')}.`
  return `Ids of the API tokens that may say it, from Account → Tokens; empty: any token that may write.${now}`
}
