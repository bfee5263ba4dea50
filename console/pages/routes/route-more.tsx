import { Accordion, Checkbox, Group, NumberInput, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import type { RouteForm } from '../../api/shapes.ts'
import { HeaderRows } from './header-rows.tsx'
import { withSetting } from './route-words.ts'

interface RouteMoreProps {
  settings: Partial<RouteForm>
  set: (name: keyof RouteForm, value: unknown) => void
  errorOf: (name: string) => string | null
}

const times = [
  { part: 'connectSeconds', label: 'To reach it', first: 5, most: 60 },
  { part: 'answerSeconds', label: 'Until its answer begins', first: 60, most: 3600 },
  { part: 'idleSeconds', label: 'Between two parts', first: 300, most: 86_400 },
] as const

/** What most tools never need. */
export function RouteMore({ settings, set, errorOf }: RouteMoreProps) {
  const isSecure = settings.upstream?.startsWith('https:') === true
  return (
    <Accordion variant="separated" chevronPosition="left">
      <Accordion.Item value="more">
        <Accordion.Control>More: public paths, programs, connection, headers</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="lg">
            <TagsInput
              label="Paths open to everybody"
              description="Nobody is asked who they are there, and the tool is told of nobody. * stands for anything"
              placeholder={settings.publicPaths?.length ? '' : 'None'}
              value={settings.publicPaths ?? []}
              onChange={(paths) =>
                set(
                  'publicPaths',
                  paths.map((path) => (path.startsWith('/') ? path : `/${path}`)),
                )
              }
              error={errorOf('publicPaths')}
            />
            <Checkbox
              label="Programs may come too"
              description="With API tokens that may open applications, and never with a person’s cookie"
              checked={settings.programs === true}
              onChange={({ currentTarget }) => set('programs', currentTarget.checked || undefined)}
            />
            <Select
              label="Who carries its pages"
              data={[
                { value: 'proxy', label: 'Postern itself' },
                { value: 'forward-auth', label: 'A proxy in front, which only asks Postern' },
              ]}
              allowDeselect={false}
              value={settings.by ?? 'proxy'}
              onChange={(by) => set('by', by === 'proxy' ? undefined : by)}
              error={errorOf('by')}
            />
            <Checkbox
              label="It hears its own name"
              description="Instead of the one that people type. Some tools answer only to one name"
              checked={settings.keepHost === false}
              onChange={({ currentTarget }) => set('keepHost', currentTarget.checked ? false : undefined)}
            />
            {isSecure && (
              <>
                <Textarea
                  label="Who may vouch for its certificate"
                  description="In PEM, beside the public authorities"
                  placeholder="-----BEGIN CERTIFICATE-----"
                  autosize
                  maxRows={6}
                  value={settings.tls?.ca ?? ''}
                  onChange={({ currentTarget }) =>
                    set('tls', withSetting(settings.tls ?? {}, 'ca', currentTarget.value))
                  }
                  error={errorOf('tls')}
                />
                <TextInput
                  label="The name in its certificate"
                  description="Where that is another than its host"
                  value={settings.tls?.serverName ?? ''}
                  onChange={({ currentTarget }) =>
                    set('tls', withSetting(settings.tls ?? {}, 'serverName', currentTarget.value.trim()))
                  }
                />
              </>
            )}
            <HeaderRows
              label="Set on each request to it"
              description="Administrators can read them, so a password of the tool is theirs too."
              addLabel="Add a request header"
              first="X-Team"
              headers={settings.requestHeaders ?? {}}
              onChange={(headers) => set('requestHeaders', headers)}
              errors={(name) => errorOf(`requestHeaders.${name}`)}
            />
            <HeaderRows
              label="Set on each answer"
              description="For browsers, e.g. Content-Security-Policy."
              addLabel="Add an answer header"
              first="Referrer-Policy"
              headers={settings.responseHeaders ?? {}}
              onChange={(headers) => set('responseHeaders', headers)}
              errors={(name) => errorOf(`responseHeaders.${name}`)}
            />
            <TextInput
              label="Path that says whether it is well"
              description="Asked every 15 seconds. Leave it empty where it has none"
              placeholder="/healthz"
              value={settings.healthPath ?? ''}
              onChange={({ currentTarget }) => set('healthPath', currentTarget.value.trim())}
              error={errorOf('healthPath')}
            />
            <Group align="flex-end">
              {times.map(({ part, label, first, most }) => (
                <NumberInput
                  key={part}
                  label={label}
                  placeholder={`${first} seconds`}
                  suffix=" seconds"
                  min={1}
                  max={most}
                  allowDecimal={false}
                  w={190}
                  value={settings.timeouts?.[part] ?? ''}
                  onChange={(value) =>
                    set(
                      'timeouts',
                      withSetting(settings.timeouts ?? {}, part, value === '' ? undefined : Number(value)),
                    )
                  }
                  error={errorOf(`timeouts.${part}`)}
                />
              ))}
            </Group>
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
}
