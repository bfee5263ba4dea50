import { Alert, Anchor, Button, Group, List, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import type { PullRequestView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { useKept } from '../../ui/comment-kept.ts'
import type { PullRequestPlace } from './use-pull-request.ts'

/** As the server asks for it. */
const LEAST = 10
const MOST = 500

interface PastRuleProps {
  place: PullRequestPlace
  pullRequest: PullRequestView
  onReason: (reason: string) => void
}

/** Before a merge past the rule: what is missing, what follows, and why it must be. The tap comes after. */
export function PastRule({ place, pullRequest, onReason }: PastRuleProps) {
  const [reason, setReason] = useKept(`${pullRequest.id}:past-rule`)
  const [isTried, setIsTried] = useState(false)
  const missing = pullRequest.mergeability.checks.filter(({ isMet }) => !isMet)
  const isShort = reason.trim().length < LEAST
  return (
    <Paper withBorder p="lg" component="section" aria-label="Merge past the rule" maw={720}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setIsTried(true)
          if (!isShort) onReason(reason.trim())
        }}
      >
        <Stack>
          <Title order={2} fz="lg">
            Merge past the rule of {pullRequest.targetBranch}
          </Title>
          <Text size="sm">This goes in although:</Text>
          <List size="sm" spacing={4}>
            {missing.map(({ label }) => (
              <List.Item key={label}>{label}</List.Item>
            ))}
          </List>
          <Alert variant="light" color="yellow" icon={<IconAlertTriangle />} title="What follows">
            <List size="sm" spacing={4}>
              <List.Item>Your reason stands in the commit and in the ledger, for everybody and for good.</List.Item>
              <List.Item>
                A second person must look at it afterwards and say so with a tap, within the set time.
              </List.Item>
              <List.Item>Until then the page of this pull request, and postern verify, say that nobody did.</List.Item>
            </List>
          </Alert>
          <TextInput
            label="Why it cannot wait"
            description="One line"
            maxLength={MOST}
            value={reason}
            error={isTried && isShort ? `Say why in at least ${LEAST} characters` : null}
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group>
            <Button type="submit" color="red.8">
              Go on to the tap
            </Button>
            <Anchor size="sm" href={paths.pullRequest(place.project, place.name, place.number)}>
              Leave it
            </Anchor>
          </Group>
        </Stack>
      </form>
    </Paper>
  )
}
