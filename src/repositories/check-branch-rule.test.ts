import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BranchRule, firstRule } from './branch-rule.ts'
import type { RuleNames } from './branch-rule-names.ts'
import { describeRuleChange } from './branch-rule-words.ts'
import { checkBranchRule } from './check-branch-rule.ts'

const names: RuleNames = {
  groups: new Map([['grp_dev', { name: 'developers', members: 2 }]]),
  people: new Map([
    ['usr_ada', { name: 'ada', isPerson: true }],
    ['usr_bot', { name: 'bot', isPerson: false }],
  ]),
  tokens: new Map([
    ['tok_ci', { name: 'ci of ada', isActive: true }],
    ['tok_twin', { name: 'ci of ada', isActive: true }],
    ['tok_old', { name: 'old of ada', isActive: false }],
  ]),
}
const open = { stockVerifiableOnly: false }
const check = (name: string, tokenIds: string[] | null = null) => ({ name, tokenIds })

const cases: [change: Partial<BranchRule>, field: keyof BranchRule | null][] = [
  [{}, null],
  [{ approvals: 2, agentApprovals: 2 }, null],
  [{ approvals: 2, agentApprovals: 1 }, 'agentApprovals'],
  [{ linearHistory: true }, 'methods'],
  [{ linearHistory: true, methods: ['squash'] }, null],
  [{ methods: ['rebase'] }, 'methods'],
  [{ methods: ['fast-forward'] }, 'methods'],
  [{ ...open, methods: ['rebase', 'fast-forward'] }, null],
  [{ push: 'tap' }, 'push'],
  [{ ...open, push: 'tap' }, null],
  [{ ...open, push: 'tap', approvals: 1, agentApprovals: 1 }, 'push'],
  [{ ...open, push: 'tap', agentApprovals: 1 }, 'push'],
  [{ ...open, push: 'tap', codeOwners: true }, 'push'],
  [{ ...open, push: 'tap', checks: [check('ci')] }, 'push'],
  [{ ...open, push: 'tap', resolveThreads: true }, 'push'],
  [{ ...open, push: 'tap', groups: [{ groupId: 'grp_dev', count: 1 }] }, 'push'],
  [{ groups: [{ groupId: 'grp_dev', count: 2 }] }, null],
  [{ groups: [{ groupId: 'grp_dev', count: 3 }] }, 'groups'],
  [{ groups: [{ groupId: 'grp_none', count: 1 }] }, 'groups'],
  [
    {
      groups: [
        { groupId: 'grp_dev', count: 1 },
        { groupId: 'grp_dev', count: 1 },
      ],
    },
    'groups',
  ],
  [{ bypass: ['repository-role:admin', 'user:usr_ada', 'group:grp_dev'] }, null],
  [{ bypass: ['user:usr_none'] }, 'bypass'],
  [{ bypass: ['user:usr_bot'] }, 'bypass'],
  [{ bypass: ['group:grp_none'] }, 'bypass'],
  [{ checks: [check('ci', ['tok_ci']), check('lint')] }, null],
  [{ checks: [check('ci'), check('ci', ['tok_ci'])] }, 'checks'],
  [{ checks: [check('ci'), check('CI')] }, 'checks'],
  [{ checks: [check('ﬁle'), check('file')] }, 'checks'],
  [{ checks: [check('ci ')] }, 'checks'],
  [{ checks: [check('ci', ['tok_old'])] }, 'checks'],
  [{ checks: [check('ci', ['tok_none'])] }, 'checks'],
]

for (const [change, field] of cases)
  test(`${JSON.stringify(change)} ${field === null ? 'is taken' : `is refused at ${field}`}`, () =>
    assert.deepEqual(Object.keys(checkBranchRule({ ...firstRule, ...change }, names)), field === null ? [] : [field]))

test('a change is told part by part, in words', () => {
  const after = {
    ...firstRule,
    approvals: 2,
    agentApprovals: 2,
    bypass: ['user:usr_ada'],
    checks: [check('ci', ['tok_ci'])],
  }
  assert.deepEqual(
    describeRuleChange(firstRule, after, names).map(({ label, before, after: now }) => `${label}: ${before} → ${now}`),
    [
      'People who must approve: 0 → 2',
      'The same for what an agent made: 0 → 2',
      'Required checks: none → “ci” (by ci of ada)',
      'Who may merge past this: nobody → ada',
    ],
  )
  assert.deepEqual(describeRuleChange(after, after, names), [])
})

test('a token that takes another one’s place is told although both have one name', () => {
  const before = { ...firstRule, checks: [check('ci', ['tok_ci'])] }
  const [change] = describeRuleChange(before, { ...firstRule, checks: [check('ci', ['tok_twin'])] }, names)
  assert.match(change?.before ?? '', /tok_ci/)
  assert.match(change?.after ?? '', /tok_twin/)
})
