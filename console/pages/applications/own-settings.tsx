import { Button, Collapse, Stack, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import type { ApplicationSummary } from '../../api/shapes.ts'
import type { ApplicationForm } from './application-form.ts'
import { SettingsFields } from './settings-fields.tsx'

interface OwnSettingsProps {
  kind: ApplicationSummary['kind']
  form: ApplicationForm
  /** A recipe did: they are folded away until somebody wants them, or one of them is refused. */
  isFilledIn: boolean
  isNew: boolean
}

/** What the tool itself needs: its addresses, what it is told. */
export function OwnSettings({ kind, form, isFilledIn, isNew }: OwnSettingsProps) {
  const [isWanted, setWanted] = useState(!isFilledIn)
  const isRefused = Object.keys(form.errors).some((field) => /^(settings|slug|launchUrl)\b/.test(field))
  const isOpen = isWanted || isRefused
  const fields = (
    <Stack gap="md">
      <SettingsFields kind={kind} form={form} isNew={isNew} />
      {isNew && (
        <TextInput
          label="Short name"
          description="What rules and addresses call it: small letters, digits, hyphens. It stays."
          maxLength={39}
          spellCheck={false}
          {...form.getInputProps('slug')}
        />
      )}
      {kind !== 'route' && (
        <TextInput
          label="Where Home leads"
          description="Empty: where it signs people in by itself."
          placeholder="https://wiki.example.com/"
          spellCheck={false}
          {...form.getInputProps('launchUrl')}
        />
      )}
    </Stack>
  )
  if (!isFilledIn) return fields
  const Icon = isOpen ? IconChevronDown : IconChevronRight
  return (
    <Stack gap="sm">
      <div>
        <Button
          variant="subtle"
          size="compact-sm"
          px={4}
          leftSection={<Icon size={16} aria-hidden />}
          aria-expanded={isOpen}
          onClick={() => setWanted(!isOpen)}
        >
          What the recipe filled in
        </Button>
      </div>
      <Collapse expanded={isOpen}>{fields}</Collapse>
    </Stack>
  )
}
