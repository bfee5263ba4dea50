import { Accordion, Anchor, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery, queryClient } from '../../../api/queries.ts'
import type { AccessEnd } from '../../../api/shapes.ts'
import type { FetchAhead } from '../../../fetch-ahead.ts'
import { paths } from '../../../paths.ts'
import { CopyBlock } from '../../../ui/copy-block.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { Section } from '../../../ui/section.tsx'
import { TimeAgo } from '../../../ui/time-ago.tsx'
import { usePathPart } from '../../../url-state.ts'
import { CutProgress, useAccessEnd } from './cut-progress.tsx'
import { causeWords } from './ending-words.ts'
import { KindList } from './kind-list.tsx'
import { NodeTable } from './node-table.tsx'

const endQuery = (id: string) => getQuery<AccessEnd>(`/access-ends/${encodeURIComponent(id)}`)

export const fetchAhead: FetchAhead = ({ params: { id = '' } }) => [queryClient.ensureQueryData(endQuery(id))]

/** What ended with somebody's access, by whose decision, and when nothing of it was open any more: to keep, and to check. */
export function ReceiptPage() {
  const { data } = useSuspenseQuery(endQuery(usePathPart('id')))
  const end = useAccessEnd(data)
  const { person, reason, decidedBy, decidedAt, remains, agents, nodes, receipt, restoredAt } = end
  return (
    <>
      <PageHeader
        title={`The access of ${person.displayName} ended`}
        crumbs={[{ label: 'People', href: paths.people({ q: person.username }) }]}
        action={receipt && <Download name={`access-end-${person.username}.json`} text={JSON.stringify(receipt)} />}
      />
      <Stack gap="xl" maw={820}>
        <Stack gap={4}>
          <Text>
            {decidedBy ? `${decidedBy.displayName} decided it` : 'It was decided'} <TimeAgo at={decidedAt} />
            {end.cause === 'console' ? '' : `, ${causeWords(end.cause)}`}.
          </Text>
          {reason && <Text style={{ overflowWrap: 'anywhere' }}>“{reason}”</Text>}
          {restoredAt !== null && (
            <Text fw={550}>
              It was given back <TimeAgo at={restoredAt} />.
            </Text>
          )}
          <Anchor href={paths.audit({ target: person.id })} size="sm">
            In the audit
          </Anchor>
        </Stack>
        <CutProgress end={end} />
        <Section title="What ended">
          <KindList kinds={end.ended} tense="past" />
        </Section>
        {agents.length > 0 && (
          <Section title="Agents that ended with it">
            <List spacing={2}>
              {agents.map(({ id, agent }) => (
                <List.Item key={id}>
                  <Anchor href={paths.accessEnd(agent.username, id)}>{agent.displayName}</Anchor>
                </List.Item>
              ))}
            </List>
          </Section>
        )}
        <Section title="What cannot be ended from here">
          <List spacing={2}>
            {remains.map(({ what, until }) => (
              <List.Item key={what}>
                {what} {until !== null && <Until at={until} />}
              </List.Item>
            ))}
          </List>
        </Section>
        {nodes.length > 0 && (
          <Section title="When it was cut">
            <NodeTable nodes={nodes} decidedAt={decidedAt} />
          </Section>
        )}
        {receipt && (
          <Accordion
            chevronPosition="left"
            variant="default"
            styles={{ control: { paddingInline: 0 }, chevron: { marginInlineStart: 0 }, content: { paddingInline: 0 } }}
          >
            <Accordion.Item value="receipt" style={{ borderBottom: 0 }}>
              <Accordion.Control>The signed receipt</Accordion.Control>
              <Accordion.Panel>
                <CopyBlock lines={JSON.stringify(receipt, null, 2).split('\n')} what="the receipt" />
              </Accordion.Panel>
            </Accordion.Item>
          </Accordion>
        )}
      </Stack>
    </>
  )
}

const Until = ({ at }: { at: number }) => (
  <>
    Until <TimeAgo at={at} />.
  </>
)

function Download({ name, text }: { name: string; text: string }) {
  const save = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    link.download = name
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <Group>
      <Button variant="default" leftSection={<IconDownload size={18} aria-hidden />} onClick={save}>
        Download the receipt
      </Button>
    </Group>
  )
}
