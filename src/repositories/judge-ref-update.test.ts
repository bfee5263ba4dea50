import assert from 'node:assert/strict'
import { it } from 'node:test'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { judgeRefUpdate, type RefUpdateFacts } from './judge-ref-update.ts'

const one = '1'.repeat(40)
const two = '2'.repeat(40)
const facts: RefUpdateFacts = {
  door: 'push',
  ref: 'refs/heads/change',
  oldOid: one,
  newOid: two,
  role: 'write',
  defaultRef: 'refs/heads/main',
  isProtected: false,
  keepsFirstParents: false,
}

function verdict(changes: Partial<RefUpdateFacts>): string {
  const judgement = judgeRefUpdate({ ...facts, ...changes })
  return judgement.outcome === 'allow' ? 'allow' : judgement.code
}

/** Every door, ref and role: reviewed as a table. */
const table: [expected: string, changes: Partial<RefUpdateFacts>][] = [
  ['allow', {}],
  ['allow', { oldOid: zeroOid }],
  ['allow', { newOid: zeroOid }],
  ['ref-missing', { oldOid: zeroOid, newOid: zeroOid }],
  ['ref-missing', { oldOid: zeroOid, newOid: zeroOid, ref: 'refs/tags/v1' }],
  ['not-allowed', { role: 'read' }],
  ['ref-reserved', { ref: 'refs/replace/' + one }],
  ['ref-reserved', { ref: 'refs/postern/seals', role: 'admin' }],
  ['ref-reserved', { ref: 'refs/pull/1/head', role: 'admin' }],
  ['ref-reserved', { ref: 'refs/notes/commits' }],
  ['ref-reserved', { ref: 'HEAD' }],
  ['ref-reserved', { ref: 'refs/headsx/main' }],
  ['ref-name', { ref: 'refs/heads/HEAD' }],
  ['ref-name', { ref: 'refs/heads/-x' }],
  ['ref-name', { ref: 'refs/heads/refs/heads/main' }],
  ['ref-name', { ref: 'refs/heads/a..b' }],
  ['ref-name', { ref: 'refs/heads/a\u202eb' }],
  ['protected-branch', { ref: 'refs/heads/main', isProtected: true }],
  ['protected-branch', { ref: 'refs/heads/main', isProtected: true, role: 'admin', keepsFirstParents: true }],
  ['protected-branch', { isProtected: true, push: 'closed', keepsFirstParents: true }],
  ['protected-branch', { isProtected: true, push: 'tap', keepsFirstParents: true, door: 'suggestion' }],
  ['protected-branch', { isProtected: true, push: 'tap', newOid: zeroOid, role: 'admin' }],
  ['allow', { isProtected: true, push: 'tap', keepsFirstParents: true, isFastForward: true }],
  ['not-allowed', { isProtected: true, push: 'tap', keepsFirstParents: true, role: 'read' }],
  ['not-fast-forward', { isProtected: true, push: 'tap', keepsFirstParents: false, isFastForward: false }],
  ['foxtrot', { isProtected: true, push: 'tap', keepsFirstParents: false, isFastForward: true }],
  ['linear-history', { isProtected: true, push: 'tap', keepsFirstParents: true, bringsMerges: true }],
  ['protected-twin', { ref: 'refs/heads/MAIN', protectedRefs: ['refs/heads/main'], oldOid: zeroOid }],
  ['protected-twin', { ref: 'refs/heads/MAIN', protectedRefs: ['refs/heads/main'], newOid: zeroOid, role: 'admin' }],
  ['protected-twin', { ref: 'refs/heads/cafe\u0301', protectedRefs: ['refs/heads/caf\u00e9'] }],
  ['allow', { ref: 'refs/heads/MAIN', protectedRefs: ['refs/heads/main'], newOid: zeroOid, door: 'delete' }],
  ['allow', { ref: 'refs/heads/main2', protectedRefs: ['refs/heads/main'] }],
  ['allow', { door: 'suggestion' }],
  ['default-branch', { ref: 'refs/heads/main', isProtected: true, newOid: zeroOid, role: 'admin' }],
  ['default-branch', { ref: 'refs/heads/main', newOid: zeroOid, role: 'admin', door: 'delete' }],
  ['protected-branch', { isProtected: true, newOid: zeroOid, role: 'admin', door: 'delete' }],
  ['protected-branch', { isProtected: true, newOid: zeroOid, role: 'admin', door: 'merge' }],
  ['allow', { ref: 'refs/heads/main', isProtected: true, door: 'merge', keepsFirstParents: true }],
  ['foxtrot', { ref: 'refs/heads/main', isProtected: true, door: 'merge', keepsFirstParents: false }],
  ['not-allowed', { ref: 'refs/heads/main', isProtected: true, door: 'merge', keepsFirstParents: true, role: 'read' }],
  ['allow', { ref: 'refs/tags/v1', oldOid: zeroOid }],
  ['tag-exists', { ref: 'refs/tags/v1' }],
  ['tag-exists', { ref: 'refs/tags/v1', role: 'admin' }],
  ['tag-exists', { ref: 'refs/tags/v1', newOid: zeroOid }],
  ['tag-exists', { ref: 'refs/tags/v1', newOid: zeroOid, role: 'admin' }],
  ['tag-exists', { ref: 'refs/tags/v1', newOid: zeroOid, door: 'delete' }],
  ['allow', { ref: 'refs/tags/v1', newOid: zeroOid, role: 'admin', door: 'delete' }],
]

for (const [expected, changes] of table) {
  it(`${expected}: ${JSON.stringify(changes)}`, () => assert.equal(verdict(changes), expected))
}

it('whoever deletes what reads like a protected branch is led to where that goes, and not to another name', () => {
  const twin = { ref: 'refs/heads/MAIN', protectedRefs: ['refs/heads/main'] }
  const said = (changes: Partial<RefUpdateFacts>): string => {
    const judgement = judgeRefUpdate({ ...facts, ...twin, ...changes })
    return judgement.outcome === 'refuse' ? judgement.sentences.join(' ') : ''
  }
  assert.match(said({}), /Choose another name\.$/)
  assert.match(said({ newOid: zeroOid }), /Delete it on the page Branches\.$/)
})
