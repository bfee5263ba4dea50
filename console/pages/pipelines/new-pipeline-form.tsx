import { Accordion, Paper, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { Condition, PipelineView, WorkloadShape } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { useActForm } from '../../forms/use-act-form.ts'
import { ConditionRows } from './condition-rows.tsx'
import { asSent, type PipelineValues, presets } from './presets.ts'
import { ShapeChoice } from './shape-choice.tsx'
import { AccessChoice, MoreTerms, termChecks } from './terms-fields.tsx'

const missing = (what: string | undefined) => (text: string) =>
  what === undefined || text.trim() ? null : `Please give the ${what.toLowerCase()}`

/** Where it runs, whose it is, and what it may do; the rest is folded away. */
export function NewPipelineForm(props: {
  path: string
  audience: string
  onMade: (made: PipelineView) => void
  onCancel: () => void
}) {
  const { form, act, onSubmit } = useActForm<PipelineValues, PipelineView>({
    initialValues: {
      shape: 'github',
      name: '',
      place: '',
      home: '',
      branch: '',
      conditions: [],
      access: 'read',
      audience: props.audience,
      lifetimeMinutes: 30,
      runHours: 6,
      keys: '',
    },
    validate: {
      ...termChecks,
      place: (text, { shape }) => missing(presets[shape].place?.label)(text),
      home: (text, { shape }) => missing(presets[shape].home?.label)(text),
      conditions: (rows, { shape }) =>
        shape === 'other' && rows.length === 0 ? 'Say by one claim at least which pipeline it is' : null,
    },
    act: (values) => api.post<PipelineView>(props.path, asSent(values)),
    onDone: async (made) => {
      await refresh(props.path)
      props.onMade(made)
    },
  })
  const { shape } = form.values
  const { place, home } = presets[shape]
  const conditions = {
    value: form.values.conditions,
    onChange: (rows: Condition[]) => form.setFieldValue('conditions', rows),
  }
  const [isOpen, setOpen] = useState(false)
  // What is wrong must not stay folded away.
  const isWrong = ['audience', 'keys', 'lifetimeMinutes', 'runHours'].some((name) => form.errors[name] !== undefined)
  const choose = (chosen: WorkloadShape) => {
    form.clearErrors()
    form.setValues({
      shape: chosen,
      place: chosen === 'gitlab' ? 'https://gitlab.com' : '',
      home: '',
      conditions: chosen === 'other' ? [{ claim: 'sub', value: '' }] : [],
    })
  }
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate>
      <Stack>
        <ShapeChoice value={shape} onChange={choose} />
        {place && (
          <TextInput
            key={`place-${shape}`}
            {...place}
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('place')}
            error={form.errors['place'] ?? form.errors['issuer']}
          />
        )}
        {home && (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              key={`home-${shape}`}
              {...home}
              autoComplete="off"
              spellCheck={false}
              {...form.getInputProps('home')}
              error={form.errors['home'] ?? form.errors['conditions']}
            />
            <TextInput
              label="Only on branch"
              description="Empty: on any; release/* stands for many"
              placeholder="main"
              autoComplete="off"
              spellCheck={false}
              {...form.getInputProps('branch')}
            />
          </SimpleGrid>
        )}
        {shape === 'other' && (
          <ConditionRows
            {...conditions}
            error={form.errors['conditions']}
            label="What its tokens must say"
            description="One claim at least without a star: many may build there"
          />
        )}
        <AccessChoice inputOf={form.getInputProps} />
        <Accordion
          variant="contained"
          value={isOpen || isWrong ? 'more' : null}
          onChange={(open) => setOpen(open !== null)}
        >
          <Accordion.Item value="more">
            <Accordion.Control>Name, further conditions, times</Accordion.Control>
            <Accordion.Panel>
              <Stack>
                <TextInput
                  label="Name"
                  description="Who it is on pages and in the ledger"
                  placeholder={presets[shape].label}
                  maxLength={100}
                  {...form.getInputProps('name')}
                />
                {shape !== 'other' && (
                  <ConditionRows
                    {...conditions}
                    label="Further conditions"
                    description="Claims of its token and what each must say; * stands for any characters but / and :"
                  />
                )}
                <MoreTerms inputOf={form.getInputProps} />
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
        <FormEnd act={act} onCancel={props.onCancel}>
          Let it in with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}
