/**
 * What a decision rested on and how it went, as the leaf of its event keeps it: enough to judge the same act by other
 * rules later. Strings and integers only; '' and -1 stand for what there was not.
 */
export interface RecordedDecision {
  act: string
  outcome: 'allow' | 'step-up' | 'deny'
  /** The rule that decided, `floor:<act>` where none did. */
  rule: string
  /** Digest of the policy in force. */
  policy: string
  username: string
  kind: string
  role: string
  groups: string[]
  strength: string
  /** Seconds since the tap; a billion where nobody tapped for a push, -1 where nothing was proven. */
  age: number
  /** 1 where the tap was bound to this very act. */
  bound: number
  category: string
  aaguid: string
  project: string
  repository: string
  branch: string
  placeRole: string
  /** Of a token, in days. */
  lifetime: number
  /** Of an application: its short name, and where behind the proxy; left out of every other act. */
  application?: string
  path?: string
  method?: string
  /** Rules that only report, and would have decided otherwise. */
  reported: string[]
}
