import type { InvitationView } from '../../api/shapes.ts'

export const invitationStateWords: Record<InvitationView['state'], string> = {
  open: 'Waits for them',
  accepted: 'Accepted',
  expired: 'Ran out',
  withdrawn: 'Withdrawn',
  void: 'Void: who invited may no longer',
}
