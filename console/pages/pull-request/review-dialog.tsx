import { Alert, Button, Group, Modal, Radio, Stack, Text, Textarea } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { hasCode } from '../../api/problem.ts'
import { askForTap } from '../../api/step-up.ts'
import type { PullRequestView, ReviewState, Verdict } from '../../api/shapes.ts'
import { useKept } from '../../ui/comment-kept.ts'
import { Oid } from '../../ui/oid.tsx'
import { counted } from '../../ui/plain-words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReviewing } from './reviewing.tsx'

const VERDICTS: Record<Verdict, { label: string; text: string; button: string }> = {
  commented: { label: 'Comment', text: 'Say what you think, without a verdict.', button: 'Send' },
  approved: { label: 'Approve', text: 'Your tap says: merge exactly this.', button: 'Approve with a tap' },
  'changes-requested': {
    label: 'Request changes',
    text: 'It must not be merged like this. Stands until you approve or take it back.',
    button: 'Request changes',
  },
}

/** A summary, the verdict, and with it every comment that waits. Approving asks for a tap over exactly this head. */
export function ReviewDialog({ review, onClose }: { review: ReviewState; onClose: () => void }) {
  const { pullRequest, acts } = useReviewing()
  const [summary, setSummary] = useKept(`${pullRequest.id}:summary`)
  const [verdict, setVerdict] = useState<Verdict>('commented')
  const [headOid] = useState(pullRequest.headOid)
  const send = useMutation({
    mutationFn: async () => {
      const { sealRequest } = await acts.send({ verdict, body: summary.trim(), headOid })
      if (sealRequest) await askForTap(sealRequest.id)
    },
    onSuccess: () => {
      setSummary(null)
      void acts.readAgain()
      onClose()
    },
    onError: () => void acts.readAgain(),
  })
  const refusals: Record<Verdict, string | null> = {
    commented: null,
    approved: review.can.approveRefusal,
    'changes-requested': review.can.requestChanges
      ? null
      : 'You cannot ask for changes in what you proposed yourself, nor where you may only read.',
  }
  const hasMoved = headOid !== pullRequest.headOid || hasCode(send.error, 'head-moved')
  const reason = hasMoved
    ? 'Close this, read what is new, then come back.'
    : verdict !== 'approved' && review.draftCount === 0 && summary.trim() === ''
      ? 'Write a summary, or comment on a line first.'
      : refusals[verdict]
  return (
    <Modal opened onClose={onClose} title="Your review" size="lg" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (reason === null) send.mutate()
        }}
      >
        <Stack>
          {review.draftCount > 0 && (
            <Text size="sm">
              {counted(review.draftCount, 'comment')} of yours {review.draftCount === 1 ? 'goes' : 'go'} out with it.
            </Text>
          )}
          <Textarea
            label="Summary"
            description="Markdown"
            autosize
            minRows={3}
            maxRows={14}
            value={summary}
            data-autofocus
            onChange={(event) => setSummary(event.currentTarget.value)}
          />
          <Radio.Group label="Your verdict" value={verdict} onChange={setVerdict}>
            <Stack gap="sm" mt={6}>
              {(['commented', 'approved', 'changes-requested'] as const).map((value) => (
                <Radio
                  key={value}
                  value={value}
                  label={VERDICTS[value].label}
                  description={refusals[value] ?? VERDICTS[value].text}
                  disabled={refusals[value] !== null}
                />
              ))}
            </Stack>
          </Radio.Group>
          {verdict === 'approved' && <WhatItStandsFor pullRequest={pullRequest} headOid={headOid} />}
          {hasMoved && (
            <Alert variant="light" color="yellow" title="New commits came in while you were reading">
              What you typed stays. A verdict is about one exact head, so it has to be read again.
            </Alert>
          )}
          <ProblemAlert error={send.error} />
          <Group justify="flex-end">
            <Text size="sm" c="dimmed" mr="auto" role="status" maw={300}>
              {reason}
            </Text>
            <Button variant="default" onClick={onClose}>
              Later
            </Button>
            <Button
              type="submit"
              loading={send.isPending}
              disabled={reason !== null}
              {...(verdict === 'approved' ? { leftSection: <IconFingerprint size={18} aria-hidden /> } : {})}
            >
              {VERDICTS[verdict].button}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** Said before the tap, in the person's words; the tap itself shows the statement. */
const WhatItStandsFor = ({ pullRequest, headOid }: { pullRequest: PullRequestView; headOid: string }) => (
  <Alert variant="light" color="gray" icon={<IconFingerprint />} title="What your tap stands for">
    <Text size="sm">
      You looked at this change as it is at <Oid oid={headOid} />, going into {pullRequest.targetBranch}, and it is fit
      to be merged. Anyone can check that later, without this server. It says nothing about other commits: when the
      change moves on, your approval does not move with it unless the branch’s rule keeps it for the same files.
    </Text>
  </Alert>
)
