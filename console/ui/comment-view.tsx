import { ActionIcon, Badge, Group, Text } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { CommentView as Comment } from '../api/shapes.ts'
import styles from './comment.module.css'
import { PersonAvatar } from './person-avatar.tsx'
import { TimeAgo } from './time-ago.tsx'

interface CommentViewProps {
  comment: Comment
  onEdit: () => void
  onDelete: () => void
  /** What it says, or the form that changes it. */
  children: ReactNode
}

/** One thing somebody said: who, whether an agent, when, and whether others see it yet. */
export const CommentView = ({ comment, onEdit, onDelete, children }: CommentViewProps) => {
  const { author, can } = comment
  const what = `the comment of ${author.displayName}`
  return (
    <article className={styles.comment} id={comment.id} aria-label={`Comment of ${author.displayName}`}>
      <header className={styles.commentHead}>
        <PersonAvatar person={author} size="xs" />
        <strong title={author.username}>{author.displayName}</strong>
        {comment.isAgent && <AgentBadge />}
        <span className={styles.when}>
          <TimeAgo at={comment.createdAt} />
          {comment.editedAt !== null && !comment.isDeleted && ', edited'}
        </span>
        {comment.isDraft && (
          <Badge
            variant="light"
            color="yellow"
            tt="none"
            fw={550}
            c="inherit"
            title="Others see it when you send your review"
          >
            Draft
          </Badge>
        )}
        {!comment.isDeleted && (can.edit || can.delete) && (
          <Group gap={2} ml="auto" wrap="nowrap">
            {can.edit && (
              <ActionIcon variant="subtle" color="gray" size={26} aria-label={`Edit ${what}`} onClick={onEdit}>
                <IconPencil size={15} />
              </ActionIcon>
            )}
            {can.delete && (
              <ActionIcon variant="subtle" color="gray" size={26} aria-label={`Delete ${what}`} onClick={onDelete}>
                <IconTrash size={15} />
              </ActionIcon>
            )}
          </Group>
        )}
      </header>
      {comment.isDeleted ? (
        <Text size="sm" c="dimmed" fs="italic">
          This comment was deleted.
        </Text>
      ) : (
        children
      )}
    </article>
  )
}

export const AgentBadge = () => (
  <Badge variant="default" tt="none" fw={500} title="A program with an account of its own">
    Agent
  </Badge>
)
