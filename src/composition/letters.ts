import type { EventFollower } from '../audit/follow-events.ts'
import { listDomainLetters } from '../directory/domains/list-domain-letters.ts'
import { findNotice } from '../identity/notices.ts'
import { listOwnerlessNotices } from '../identity/ownerless-notices.ts'
import { listAdministratorNotices } from '../identity/recovery/recovery-notices.ts'
import { listDeployKeyLetters } from '../machines/deploy-keys/deploy-key-letters.ts'
import { listWorkloadLetters } from '../machines/workloads/workload-letters.ts'
import type { Mail } from '../mail/mail.ts'
import { listMirrorLetters } from '../mirrors/mirror-letters.ts'
import { wantsLetters } from '../notify/choices.ts'
import { listMergeLetters } from '../pull-requests/merge-letters.ts'
import { listReviewLetters } from '../pull-requests/review-letters.ts'
import { listTalkLetters } from '../pull-requests/talk-letters.ts'
import { listStewardLetters } from '../repositories/stewards.ts'

/**
 * Which letters an event brings about, in one place: each feature says to whom, and of what. They are written in the
 * transaction of the event, and sent when that has committed.
 */
export const createLetterFollower =
  (mail: Pick<Mail, 'queue'>): EventFollower =>
  async (tx, event) => {
    const notice = await findNotice(tx, event)
    const always = [
      ...(notice === undefined ? [] : [notice]),
      ...(await listAdministratorNotices(tx, event)),
      ...(await listOwnerlessNotices(tx, event)),
      ...(await listMergeLetters(tx, event)),
      ...(await listStewardLetters(tx, event)),
      ...(await listDeployKeyLetters(tx, event)),
      ...(await listWorkloadLetters(tx, event)),
      ...(await listDomainLetters(tx, event)),
      ...(await listMirrorLetters(tx, event)),
    ]
    for (const letter of always) await mail.queue(tx, letter)
    for (const letter of [...(await listReviewLetters(tx, event)), ...(await listTalkLetters(tx, event))])
      if (await wantsLetters(tx, letter.toUserId)) await mail.queue(tx, letter)
  }
