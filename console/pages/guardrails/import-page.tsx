import { Alert, Anchor, Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconUpload } from '@tabler/icons-react'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { explainQuery, policyQuery } from '../../api/policy.ts'
import { fieldProblems, hasCode } from '../../api/problem.ts'
import { queryClient } from '../../api/queries.ts'
import type { Policy } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { downloads, paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { useGo } from '../../url-state.ts'
import { useDraft } from './draft.ts'
import { parsePolicy, placeOfProblem } from './parse-policy.ts'

export const fetchAhead: FetchAhead = () => [queryClient.fetchQuery(policyQuery)]

/** What cannot be read, before anything is asked of the server. */
class UnreadablePolicy extends Error {}

/** A policy written elsewhere, to be reviewed like any other change. It replaces all rules. */
export function ImportPage() {
  const { data: view } = useSuspenseQuery(policyQuery)
  const [, keepDraft] = useDraft()
  const [text, setText] = useState('')
  const go = useGo()
  const read = useMutation({
    mutationFn: async () => {
      const parsed = parsePolicy(text)
      if ('problem' in parsed) throw new UnreadablePolicy(parsed.problem)
      // The server reads it as a whole; what it makes of it is the review.
      await queryClient.fetchQuery(explainQuery(parsed.policy))
      return parsed.policy
    },
    onSuccess: (policy) => {
      keepDraft({ basedOn: view.version, base: view.policy, policy })
      go(paths.guardrailReview)
    },
  })
  const load = async (file: File | null) => {
    if (!file) return
    read.reset()
    setText(await file.text())
  }
  return (
    <>
      <PageHeader
        title="Import guardrails"
        crumbs={[{ label: 'Guardrails', href: paths.guardrails() }]}
        description="A policy as JSON, as Export gives it. It replaces all rules; you review it first."
      />
      <Stack maw={820}>
        <Textarea
          label="Policy"
          placeholder={'{\n  "version": 1,\n  "rules": [],\n  "refusedModelStatuses": []\n}'}
          autosize
          minRows={8}
          maxRows={24}
          value={text}
          onChange={({ currentTarget: { value } }) => {
            read.reset()
            setText(value)
          }}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        />
        <Group gap="xs">
          <FileButton accept="application/json,.json" onChange={(file) => void load(file)}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconUpload size={18} aria-hidden />}>
                Choose a file
              </Button>
            )}
          </FileButton>
          <Anchor href="/api/v1/policy/schema.json" target="_blank" size="sm">
            JSON Schema
          </Anchor>
          <Anchor href={downloads.policy} download size="sm">
            Download what is in force
          </Anchor>
        </Group>
        <ImportProblem error={read.error} text={text} />
        <Group>
          <ReasonedButton
            reason={text.trim() ? null : 'Paste a policy or choose a file first'}
            onClick={() => read.mutate()}
            loading={read.isPending}
          >
            Review the change
          </ReasonedButton>
        </Group>
      </Stack>
    </>
  )
}

/** What is wrong, at its rule where it is in one. */
function ImportProblem({ error, text }: { error: unknown; text: string }) {
  if (!error) return null
  if (error instanceof UnreadablePolicy)
    return <Trouble title="This cannot be read">{error.message} Mend it, or choose a file that Export gave.</Trouble>
  const parsed = parsePolicy(text)
  if (!hasCode(error, 'invalid-input') || 'problem' in parsed) return <ProblemAlert error={error} />
  return Object.entries(fieldProblems(error)).map(([field, sentence]) => (
    <FieldTrouble key={field} field={field} sentence={sentence} policy={parsed.policy} />
  ))
}

function FieldTrouble({ field, sentence, policy }: { field: string; sentence: string; policy: Policy }) {
  const { rule, rest } = placeOfProblem(field, policy)
  return (
    <Trouble title={rule ? `In the rule “${rule}”` : 'This is not a policy'}>
      {sentence.replace(field, rest || 'the rule')}.
    </Trouble>
  )
}

const Trouble = ({ title, children }: { title: string; children: ReactNode }) => (
  <Alert role="alert" color="red" icon={<IconAlertTriangle />} title={title}>
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Text>
  </Alert>
)
