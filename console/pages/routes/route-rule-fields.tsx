import { Button, Group, MultiSelect, Paper, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import type { RouteRule } from '../../api/shapes.ts'
import { GroupsSelect } from '../../forms/group-select.tsx'
import { capital } from '../../ui/plain-words.ts'
import { strengthWords } from '../../ui/strength-words.ts'
import { NetworksInput } from '../guardrails/form-where.tsx'
import { routeRuleSentence, spanWords, withSetting } from './route-words.ts'

interface RouteRuleFieldsProps {
  rule: RouteRule
  number: number
  onChange: (rule: RouteRule) => void
  onRemove: () => void
  errorOf: (part: string) => string | null
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const ages = { '300': '5 minutes', '900': '15 minutes', '3600': '1 hour', '28800': '8 hours' }

/** One rule of a route: where it holds, and what it takes there. Beneath stands what that means. */
export function RouteRuleFields({ rule, number, onChange, onRemove, errorOf }: RouteRuleFieldsProps) {
  const set = (part: keyof RouteRule, value: unknown) =>
    onChange({
      ...withSetting(rule, part, value),
      title: rule.title,
      ...(part === 'title' ? { title: value } : {}),
    } as RouteRule)
  const ask = (part: 'strength' | 'freshnessSeconds', value: unknown) =>
    set('requires', withSetting(rule.requires ?? {}, part, value))
  const age = rule.requires?.freshnessSeconds
  const sentence = routeRuleSentence(rule)
  return (
    <Paper withBorder p="md" component="fieldset" m={0} aria-label={`Rule ${number}`}>
      <Stack gap="sm">
        <TextInput
          label="Title"
          description="What people read when it stops them"
          placeholder="Administration is for operations"
          maxLength={120}
          value={rule.title}
          onChange={({ currentTarget }) => set('title', currentTarget.value)}
          error={errorOf('title')}
        />
        <TagsInput
          label="On these paths"
          description="Press Enter after each; * stands for anything, as in /admin*"
          placeholder={rule.paths?.length ? '' : 'Everywhere'}
          value={rule.paths ?? []}
          onChange={(value) => set('paths', value.map(withSlash))}
          error={errorOf('paths')}
        />
        <MultiSelect
          label="With these methods"
          description="GET looks, the others change something"
          placeholder={rule.methods?.length ? '' : 'All'}
          data={[...new Set([...methods, ...(rule.methods ?? [])])]}
          value={rule.methods ?? []}
          onChange={(value) => set('methods', value)}
          error={errorOf('methods')}
        />
        <NetworksInput
          label="Only for those who come from"
          description="Addresses or ranges. The rule does not concern anybody else"
          placeholder="Anywhere"
          value={rule.networks ?? []}
          onChange={(value) => set('networks', value)}
        />
        <GroupsSelect
          label="It is open to these groups alone"
          placeholder={rule.groups?.length ? '' : 'Everybody who may open the tool'}
          value={rule.groups ?? []}
          onChange={(value) => set('groups', value)}
          error={errorOf('groups')}
        />
        <Group grow align="flex-start" preventGrowOverflow={false} wrap="wrap">
          <Select
            label="It takes at least"
            data={(['device-bound', 'attested'] as const).map((one) => ({
              value: one,
              label: capital(strengthWords[one]),
            }))}
            placeholder="A passkey, as everywhere"
            clearable
            miw={220}
            value={rule.requires?.strength ?? null}
            onChange={(value) => ask('strength', value ?? undefined)}
            error={errorOf('requires')}
          />
          <Select
            label="A tap no older than"
            data={Object.entries({
              ...ages,
              ...(age === undefined || `${age}` in ages ? {} : { [age]: spanWords(age) }),
            }).map(([value, label]) => ({ value, label }))}
            placeholder="Any age"
            clearable
            miw={160}
            value={age === undefined ? null : String(age)}
            onChange={(value) => ask('freshnessSeconds', value === null ? undefined : Number(value))}
          />
        </Group>
        <Text size="sm" {...(sentence ? {} : { c: 'dimmed' })} role="status" style={{ overflowWrap: 'anywhere' }}>
          {sentence ?? 'Name groups, or what it takes, and the rule is said here.'}
        </Text>
        <Button variant="default" size="xs" w="fit-content" onClick={onRemove}>
          Remove the rule
        </Button>
      </Stack>
    </Paper>
  )
}

const withSlash = (path: string): string => (path.startsWith('/') ? path : `/${path}`)
