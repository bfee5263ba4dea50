import { Button, Code, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useId } from 'react'
import type { RouteForm as RouteSaid, RouteRule } from '../../api/shapes.ts'
import { type ApplicationForm, settingError } from '../applications/application-form.ts'
import { ConnectorChoice } from './connector-choice.tsx'
import { HeaderRows } from './header-rows.tsx'
import { RouteMore } from './route-more.tsx'
import { RouteRuleFields } from './route-rule-fields.tsx'
import { claimWords, withSetting } from './route-words.ts'

/** Where a tool behind the proxy is, what it is told, and which parts of it take more. */
export function RouteForm({ form }: { form: ApplicationForm }) {
  const settings = form.values.settings as Partial<RouteSaid>
  const set = (name: keyof RouteSaid, value: unknown) =>
    form.setFieldValue('settings', withSetting(form.values.settings, name, value))
  const errorOf = (name: string): string | null => settingError(form, name) as string | null
  const isLocal = location.hostname === 'localhost'
  const rules = settings.rules ?? []
  const setRules = (next: RouteRule[]) => set('rules', next)
  const rulesId = useId()
  return (
    <Stack gap="lg">
      <TextInput
        label="Its name on the network"
        description={
          isLocal
            ? 'What people type. On this machine it ends in .localhost'
            : `What people type. It leads to Postern, beside ${location.hostname} and not below it`
        }
        placeholder={isLocal ? 'wiki.localhost' : 'wiki.example.com'}
        autoCapitalize="none"
        spellCheck={false}
        value={settings.host ?? ''}
        onChange={({ currentTarget }) => set('host', currentTarget.value.trim())}
        error={errorOf('host')}
      />
      <TextInput
        label="Where it runs"
        description={
          settings.connector === undefined
            ? 'Scheme, host and port, reached by Postern alone. To try: postern:who, a page that shows who came'
            : `Scheme, host and port, as the connector ${settings.connector} sees it`
        }
        placeholder="http://127.0.0.1:8080"
        autoCapitalize="none"
        spellCheck={false}
        value={settings.upstream ?? ''}
        onChange={({ currentTarget }) => set('upstream', currentTarget.value.trim())}
        error={errorOf('upstream')}
      />
      <ConnectorChoice
        name={settings.connector}
        onChange={(name) => set('connector', name)}
        error={errorOf('connector')}
      />
      <HeaderRows
        label="What it is told of who came"
        description="Plain headers, for tools that sign people in by them. What others send under these names never arrives."
        addLabel="Add a header"
        first="Remote-User"
        choices={claimWords}
        headers={settings.identityHeaders ?? {}}
        onChange={(headers) => set('identityHeaders', headers)}
        errors={(name) => errorOf(`identityHeaders.${name}`)}
      />
      <Text size="sm" c="dimmed">
        Every request also carries <Code>X-Postern-Jwt-Assertion</Code>: the same, signed, for tools that can check it.
      </Text>
      <Stack gap="sm" component="section" aria-labelledby={rulesId}>
        <div>
          <Text size="sm" fw={600} id={rulesId}>
            Parts that take more
          </Text>
          <Text size="xs" c="dimmed">
            Beside who may open it at all, and beside the guardrails.
          </Text>
        </div>
        {rules.map((rule, index) => (
          <RouteRuleFields
            key={index}
            rule={rule}
            number={index + 1}
            onChange={(next) => setRules(rules.with(index, next))}
            onRemove={() => setRules(rules.toSpliced(index, 1))}
            errorOf={(part) => errorOf(`rules.${index}.${part}`)}
          />
        ))}
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setRules([...rules, { title: '', paths: [] }])}
        >
          Add a rule
        </Button>
      </Stack>
      <RouteMore settings={settings} set={set} errorOf={errorOf} />
    </Stack>
  )
}
