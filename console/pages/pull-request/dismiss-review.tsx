import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReviewView } from '../../api/shapes.ts'
import { useKept } from '../../ui/comment-kept.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReviewing } from './reviewing.tsx'

/** A verdict is taken back by its person, or dismissed by an administrator, who says why. */
export function DismissReview(props: { review: ReviewView; isMine: boolean; onClose: () => void }) {
  const { review, isMine, onClose } = props
  const { acts } = useReviewing()
  const [reason, setReason] = useKept(`${review.id}:dismiss`)
  const act = useMutation({
    mutationFn: () => acts.dismiss(review.id, reason.trim()),
    onSuccess: () => {
      setReason(null)
      onClose()
    },
  })
  const isMissing = !isMine && reason.trim() === ''
  return (
    <Modal opened onClose={onClose} title={isMine ? 'Take your review back?' : 'Dismiss this review?'} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!isMissing) act.mutate()
        }}
      >
        <Stack>
          <Text size="sm">
            {review.verdict === 'approved'
              ? 'It no longer counts as an approval. That it was given, and its proof, stay in the ledger.'
              : 'It no longer stands in the way of merging. That it was given stays in the ledger.'}
          </Text>
          <TextInput
            label={isMine ? 'Why (may stay empty)' : 'Why'}
            maxLength={500}
            value={reason}
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ProblemAlert error={act.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Keep it
            </Button>
            <Button type="submit" color="red.8" loading={act.isPending} disabled={isMissing}>
              {isMine ? 'Take it back' : 'Dismiss it'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
