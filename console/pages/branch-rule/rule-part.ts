import type { BranchRule } from '../../api/shapes.ts'

/** One part of the form: it shows the rule, says what changes, and stands beside what the server found wrong. */
export interface RulePart {
  rule: BranchRule
  /** What the saved rule names by id, in words. */
  names: Record<string, string>
  errors: Record<string, string>
  onChange: (part: Partial<BranchRule>) => void
}
