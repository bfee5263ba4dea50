import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { fieldProblems } from '../../api/problem.ts'
import { queryClient } from '../../api/queries.ts'
import type { BranchRule, ProtectedBranchView } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import type { Place } from '../code/use-place.ts'
import { FormApprovals } from './form-approvals.tsx'
import { FormBypass } from './form-bypass.tsx'
import { FormChecks } from './form-checks.tsx'
import { FormLanding } from './form-landing.tsx'
import type { RulePart } from './rule-part.ts'

interface BranchRuleFormProps {
  place: Place
  branch: string
  rule: BranchRule
  names: Record<string, string>
  ownersFile: string | null
}

export function BranchRuleForm({ place, branch, rule: saved, names, ownersFile }: BranchRuleFormProps) {
  const [rule, setRule] = useState(saved)
  const act = useMutation({
    mutationFn: () =>
      api.put<ProtectedBranchView>(`${place.api}/protected-branches/${encodeURIComponent(branch)}/rule`, rule),
    onSuccess: () => queryClient.invalidateQueries({ predicate: ({ queryKey: [key] }) => isOf(place.api, key) }),
  })
  const isChanged = JSON.stringify(rule) !== JSON.stringify(saved)
  const part: RulePart = {
    rule,
    names,
    errors: fieldProblems(act.error),
    onChange: (change) => setRule((before) => ({ ...before, ...change })),
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        act.mutate()
      }}
    >
      <Stack gap="xl">
        <FormLanding {...part} />
        <FormApprovals {...part} ownersFile={ownersFile} />
        <FormChecks {...part} />
        <FormBypass {...part} />
        <ProblemAlert error={act.error} />
        <Group>
          <Button type="submit" loading={act.isPending} disabled={!isChanged}>
            Save with a tap
          </Button>
          {isChanged && (
            <Button variant="default" onClick={() => setRule(saved)} disabled={act.isPending}>
              Undo
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}

const isOf = (api: string, key: unknown): boolean =>
  typeof key === 'string' && (key === api || key.startsWith(`${api}/`))
