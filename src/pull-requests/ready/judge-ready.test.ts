import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PersonRef } from '../../http/shapes.ts'
import { type BranchRule, firstRule } from '../../repositories/branch-rule.ts'
import { judgeReady, type ReadyFacts } from './judge-ready.ts'

const person = (name: string): PersonRef => ({ id: `usr_${name}`, username: name, displayName: name.toUpperCase() })
const by = (name: string, ...groups: string[]) => ({ user: person(name), groups })
const [ada, bob] = [by('ada'), by('bob')]

function judge(
  change: Omit<Partial<ReadyFacts>, 'rule' | 'approvals'> & {
    rule?: Partial<BranchRule>
    approvals?: Partial<ReadyFacts['approvals']>
  },
) {
  const { rule, approvals, ...rest } = change
  const lines = judgeReady({
    rule: { ...firstRule, ...rule },
    branch: 'main',
    sourceBranch: 'change',
    isCrossed: false,
    author: person('eve'),
    approvals: { counted: [], notCounted: [], changesRequestedBy: [], byAgent: false, ...approvals },
    groupNames: new Map([
      ['grp_dev', 'developers'],
      ['grp_sec', 'security'],
    ]),
    owners: null,
    checks: [],
    openThreads: 0,
    unsigned: null,
    ...rest,
  })
  for (const { isMet, help } of lines) assert.equal(help === null, isMet, 'what is missing says what would help')
  return lines.map(({ label, isMet, help }) => (isMet ? `+ ${label}` : `- ${label}. ${help}`))
}

test('the first rule asks nothing', () => assert.deepEqual(judge({}), []))

test('what was merged into each other is read by nobody in one comparison, which matters where somebody has to', () => {
  assert.deepEqual(judge({ isCrossed: true }), [])
  const groups = [{ groupId: 'grp_dev', count: 1 }]
  for (const rule of [{ approvals: 1 }, { agentApprovals: 1 }, { groups }, { codeOwners: true }])
    assert.match(
      judge({ rule, isCrossed: true, approvals: { counted: [by('ada', 'grp_dev')] } })[0] ?? '',
      /^- One comparison shows all that merging changes\. .* Merge main into change and push it\./,
    )
})

test('approvals are counted by people and named', () => {
  assert.deepEqual(judge({ rule: { approvals: 2 }, approvals: { counted: [ada, bob] } }), ['+ Approved by ADA and BOB'])
  assert.deepEqual(
    judge({
      rule: { approvals: 2 },
      approvals: { counted: [ada], notCounted: [{ user: person('bob'), whyNot: 'New commits were pushed since.' }] },
    }),
    [
      '- 2 people must have approved. So far: ADA. One more person who may write to main and did not make it has to approve. The approval of BOB does not count: New commits were pushed since.',
    ],
  )
})

test('what a program made can take more people', () => {
  const rule = { approvals: 1, agentApprovals: 2 }
  assert.deepEqual(judge({ rule, approvals: { counted: [ada] } }), ['+ Approved by ADA'])
  assert.match(
    judge({ rule, approvals: { counted: [ada], byAgent: true } })[0] ?? '',
    /^- 2 people must have approved, as a program made some of it\./,
  )
})

test('2 developers and 1 of security are three people', () => {
  const rule = {
    groups: [
      { groupId: 'grp_dev', count: 2 },
      { groupId: 'grp_sec', count: 1 },
    ],
  }
  const both = ['grp_dev', 'grp_sec']
  const lines = judge({ rule, approvals: { counted: [by('ada', ...both), by('bob', ...both)] } })
  assert.deepEqual(
    lines.map((line) => line.slice(0, 1)),
    ['+', '-'],
  )
  const third = by('cy', 'grp_dev')
  assert.deepEqual(judge({ rule, approvals: { counted: [by('ada', ...both), by('bob', ...both), third] } }), [
    '+ Approved by 2 of the group developers',
    '+ Approved by 1 of the group security',
  ])
})

test('a group that was deleted is never met', () => {
  const rule = { groups: [{ groupId: 'grp_gone', count: 1 }] }
  assert.match(judge({ rule, approvals: { counted: [ada] } })[0] ?? '', /^- .*That group is gone/)
})

test('whoever asks for changes stands in the way, also where nobody must approve', () =>
  assert.match(judge({ approvals: { changesRequestedBy: [person('bob')] } })[0] ?? '', /^- BOB asks for changes/))

test('owners: one of each line is enough; a line that names nobody is never met', () => {
  const rule = { codeOwners: true }
  const owner = { kind: 'user', id: 'usr_ada', name: 'ada' } as const
  const group = { kind: 'group', id: 'grp_sec', name: 'security' } as const
  const owners = { path: 'CODEOWNERS', problems: [], needed: [{ owners: [owner, group], paths: ['a.ts', 'b.ts'] }] }
  const missing = '- Owner of a.ts and 1 more agrees. @ada or @security has to approve, as CODEOWNERS on main says.'
  assert.deepEqual(judge({ rule, owners }), [missing])
  assert.deepEqual(judge({ rule, owners, approvals: { counted: [bob] } }), [missing])
  assert.deepEqual(judge({ rule, owners, approvals: { counted: [ada] } }), ['+ Code owners agree'])
  assert.deepEqual(judge({ rule, owners, approvals: { counted: [by('bob', 'grp_sec')] } }), ['+ Code owners agree'])
  const nobody = {
    ...owners,
    problems: ['CODEOWNERS: It is larger than 1 MB.'],
    needed: [{ owners: [], paths: ['x'] }],
  }
  assert.match(
    judge({ rule, owners: nobody, approvals: { counted: [ada, bob] } })[0] ?? '',
    /^- x: CODEOWNERS names nobody.*1 MB/,
  )
  assert.deepEqual(judge({ rule, owners: { path: null, problems: [], needed: [] } }), [
    '+ No CODEOWNERS on main: nobody owns what changes',
  ])
  const own = { ...owners, needed: [{ owners: [{ kind: 'user', id: 'usr_eve', name: 'eve' } as const], paths: ['x'] }] }
  assert.match(judge({ rule, owners: own })[0] ?? '', /nobody approves their own work/)
})

test('required checks and threads', () => {
  const check = { name: 'ci', isRequired: true, status: null, whyNot: '“ci” failed.' }
  assert.deepEqual(judge({ checks: [check, { ...check, name: 'lint', isRequired: false }] }), [
    '- Check “ci”. “ci” failed.',
  ])
  assert.deepEqual(judge({ rule: { resolveThreads: true }, openThreads: 2 }), [
    '- Every thread is resolved. 2 are open: answer and resolve them.',
  ])
})
