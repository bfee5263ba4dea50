import { type Static, Type } from 'typebox'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { ProtectedBranchTable } from '../database/schema.ts'

const count = (most: number, description: string) => Type.Integer({ minimum: 0, maximum: most, description })

export const MergeMethod = Type.Union([
  Type.Literal('merge'),
  Type.Literal('squash'),
  Type.Literal('rebase'),
  Type.Literal('fast-forward'),
])

/** What it takes to change a protected branch, beside a tap. Kept whole, as an administrator sealed it. */
export const BranchRule = Type.Object(
  {
    stockVerifiableOnly: Type.Boolean({
      description: 'only keys, and ways to merge, whose signature stock git checks',
    }),
    push: Type.Union([Type.Literal('closed'), Type.Literal('tap'), Type.Literal('tap-or-signed')], {
      description:
        'closed: only by pull request. tap: a push waits for its person’s tap. tap-or-signed: or git push --signed is that tap',
    }),
    approvals: count(10, 'people who must have approved'),
    agentApprovals: count(10, 'the same where an agent, a deploy key or a pipeline wrote or pushed any of it'),
    groups: Type.Array(
      Type.Object(
        { groupId: Type.String({ maxLength: 100 }), count: Type.Integer({ minimum: 1, maximum: 10 }) },
        {
          additionalProperties: false,
        },
      ),
      { maxItems: 10, description: 'how many of them must be in which group' },
    ),
    approvalStrength: Type.Union([Type.Literal('passkey'), Type.Literal('device-bound'), Type.Literal('attested')], {
      description: 'least strength of the key that approves',
    }),
    keepOnSamePatch: Type.Boolean({
      description: 'an approval outlives new commits that change the same files to the same content',
    }),
    excludeLastPusher: Type.Boolean({ description: 'who pushed last does not count' }),
    codeOwners: Type.Boolean({ description: 'owners of what changes, by CODEOWNERS on this branch, must approve' }),
    resolveThreads: Type.Boolean({ description: 'every thread must be resolved' }),
    checks: Type.Array(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\p{C}]+$' }),
          tokenIds: Type.Union(
            [Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 20 }), Type.Null()],
            {
              description: 'API tokens that may set it; null: any that may write',
            },
          ),
        },
        { additionalProperties: false },
      ),
      { maxItems: 30 },
    ),
    linearHistory: Type.Boolean({ description: 'no merge commits' }),
    signedCommits: Type.Boolean({
      description: 'only commits signed by a key that somebody registered for signing, or made here by a tap',
    }),
    methods: Type.Array(MergeMethod, { minItems: 1, maxItems: 4, uniqueItems: true }),
    bypass: Type.Array(Type.String({ pattern: '^(repository-role:admin|(user|group):[A-Za-z0-9_]{1,60})$' }), {
      maxItems: 50,
      uniqueItems: true,
      description: 'who may merge past this in an emergency; groups and people by id',
    }),
    bypassReviewHours: Type.Integer({
      minimum: 1,
      maximum: 168,
      description: 'by when a second person must have looked at that',
    }),
  },
  { additionalProperties: false },
)
export type BranchRule = Static<typeof BranchRule>

/** A branch nobody wrote a rule for: a tap by whoever may write, as a commit that stock git checks. */
export const firstRule: BranchRule = {
  stockVerifiableOnly: true,
  push: 'closed',
  approvals: 0,
  agentApprovals: 0,
  groups: [],
  approvalStrength: 'passkey',
  keepOnSamePatch: true,
  excludeLastPusher: true,
  codeOwners: false,
  resolveThreads: false,
  checks: [],
  linearHistory: false,
  signedCommits: false,
  methods: ['merge', 'squash'],
  bypass: [],
  bypassReviewHours: 24,
}

export const ruleOf = (row: Pick<ProtectedBranchTable, 'rule' | 'stockVerifiableOnly'>): BranchRule => ({
  ...firstRule,
  ...(JSON.parse(row.rule) as Partial<BranchRule>),
  stockVerifiableOnly: row.stockVerifiableOnly === 1,
})

/** Whether each push to such a branch takes a tap, of whichever kind. */
export const takesTap = (push: BranchRule['push']): boolean => push === 'tap' || push === 'tap-or-signed'

/** The rules of all protected branches of a repository. */
export async function listRules(db: Db<'protectedBranch'>, repositoryId: Id<'rep'>): Promise<BranchRule[]> {
  const rows = await db
    .selectFrom('protectedBranch')
    .select(['rule', 'stockVerifiableOnly'])
    .where('repositoryId', '=', repositoryId)
    .execute()
  return rows.map(ruleOf)
}
