import { Accordion, Anchor, Button, Group, List, Stack, Text } from '@mantine/core'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useModelNames } from '../../api/models.ts'
import { changeQuery, policyQuery } from '../../api/policy.ts'
import { queryClient } from '../../api/queries.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { uncapital } from '../../ui/plain-words.ts'
import { Section } from '../../ui/section.tsx'
import { useGo, usePathPart } from '../../url-state.ts'
import { ChangeBy, changeSentence, ChangeState, changeTitle } from './change-state.tsx'
import { onTopOf, useDraft } from './draft.ts'
import { EditCard } from './edit-card.tsx'
import { listEdits } from './policy-edits.ts'
import { ReportChanges } from './report-changes.tsx'
import { ReviewMeaning } from './review-meaning.tsx'
import { modelTerms, ruleSentence } from './rule-sentence.ts'
import { stateWords } from './rule-state.tsx'
import { WaitingBanner } from './waiting-banner.tsx'

/** While the second person has not answered. Not for ever: a page that was left must not keep its session alive. */
const LOOK_EVERY_MS = 3000
const MOST_LOOKS = 200

export const fetchAhead: FetchAhead = ({ params: { id = '' } }) => [
  queryClient.ensureQueryData(changeQuery(id)),
  queryClient.ensureQueryData(policyQuery),
]

/** One version, or one that never became one: what it changed, and the whole of it. */
export function ChangePage() {
  const query = changeQuery(usePathPart('id'))
  const { data } = useSuspenseQuery(query)
  const isWaiting = data.change.state === 'waiting'
  useQuery({
    ...query,
    refetchInterval: ({ state }) => isWaiting && state.dataUpdateCount < MOST_LOOKS && LOOK_EVERY_MS,
  })
  const { data: view, refetch } = useSuspenseQuery(policyQuery)
  useEffect(() => void refetch(), [refetch, isWaiting])
  const [draft, keepDraft] = useDraft()
  const go = useGo()
  const { change, policy } = data
  const nameOf = useModelNames(policy.rules.flatMap(modelTerms))
  const isInForce = change.version === view.version
  const bringBack = () => {
    keepDraft({ ...onTopOf(view, draft), policy })
    go(paths.guardrailReview)
  }
  return (
    <>
      <PageHeader
        title={changeTitle(change)}
        crumbs={[
          { label: 'Guardrails', href: paths.guardrails() },
          { label: 'History', href: paths.guardrailHistory },
        ]}
        action={
          !isWaiting &&
          !isInForce && (
            <Button variant="default" onClick={bringBack}>
              {change.version === null ? 'Propose it again' : 'Bring back'}
            </Button>
          )
        }
      />
      <Stack gap="xl">
        {isWaiting && <WaitingBanner change={change} isItsPage />}
        <Stack gap={4}>
          {change.version !== null && (
            <Group>
              <ChangeState change={change} isInForce={isInForce} />
            </Group>
          )}
          <Text style={{ overflowWrap: 'anywhere' }}>{changeSentence(change, 20)}</Text>
          <ChangeBy change={change} />
          <Anchor href={paths.audit({ target: change.id })} size="sm">
            In the audit
          </Anchor>
        </Stack>
        {isWaiting && (
          <Section title="What changes">
            <Stack gap="sm">
              <Stack component="ul" aria-label="Rules that change" gap="sm" m={0} p={0}>
                {listEdits(view.policy, policy).map((edit) => (
                  <EditCard key={edit.id} edit={edit} />
                ))}
              </Stack>
              <ReportChanges before={view.policy} after={policy} />
            </Stack>
          </Section>
        )}
        {isWaiting && <ReviewMeaning policy={policy} />}
        <Section title={isInForce ? 'The rules' : 'The rules of this version'}>
          {policy.rules.length === 0 ? (
            <Text c="dimmed">None: only the floor.</Text>
          ) : (
            <List spacing="xs">
              {policy.rules.map((rule) => (
                <List.Item key={rule.id} style={{ overflowWrap: 'anywhere' }}>
                  <b>{rule.title}</b> ({uncapital(stateWords(rule))}). {ruleSentence(rule, nameOf)}
                </List.Item>
              ))}
            </List>
          )}
        </Section>
        <Accordion
          chevronPosition="left"
          variant="default"
          styles={{ control: { paddingInline: 0 }, chevron: { marginInlineStart: 0 }, content: { paddingInline: 0 } }}
        >
          <Accordion.Item value="json" style={{ borderBottom: 0 }}>
            <Accordion.Control>As JSON</Accordion.Control>
            <Accordion.Panel>
              <CopyBlock label={change.digest} lines={JSON.stringify(policy, null, 2).split('\n')} what="the policy" />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      </Stack>
    </>
  )
}
