/** Something in a policy that cannot be meant, in words for whoever wrote it. */
export interface PolicyProblem {
  /** The rule's id. */
  rule: string
  message: string
}
