import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isOnBranch, isPlaced } from '../policy/act-places.ts'
import { type ActName, acts } from '../policy/acts.ts'
import type { ActPlace } from '../policy/facts.ts'
import { listWhere } from './may-do.ts'

const names = Object.keys(acts) as ActName[]
const project: ActPlace = { projectId: 'prj_1', repositoryId: null, branch: null, role: 'admin' }
const repository: ActPlace = { ...project, repositoryId: 'rep_1' }
const places = [project, repository]
const can = (act: ActName, who: Parameters<typeof listWhere>[1]): boolean => listWhere(act, who).length > 0

test('who may come to an act is what the routes declare', () => {
  const table = readFileSync(new URL('../../test/access-table.txt', import.meta.url), 'utf8')
  const lines = [...table.matchAll(/^\w+ +(\S+) +(\S+) +tap: (\S+)$/gm)]
  assert.ok(lines.length > 15, `only ${lines.length} acts were found in the table`)
  for (const [, route, access, name] of lines) {
    const act = name as ActName
    const member = can(act, { role: 'member', places: [] })
    if (access === 'person' || access === 'enrolling') assert.ok(member, `${route}: ${act}`)
    else assert.ok(!member, `${route}: ${act} is not for every member`)
    if (access === 'organisation:admin') assert.ok(can(act, { role: 'admin', places: [] }), `${route}: ${act}`)
    if (access === 'organisation:owner') {
      assert.ok(can(act, { role: 'owner', places: [] }), `${route}: ${act}`)
      assert.ok(!can(act, { role: 'admin', places: [] }), `${route}: ${act}`)
    }
    if (access === 'project:admin') assert.deepEqual(listWhere(act, { role: 'member', places: [project] }), [project])
    if (access === 'repository:admin') assert.equal(listWhere(act, { role: 'member', places: [repository] }).length, 1)
  }
})

test('an act in a place takes the role there, and a branch is asked about only where one is concerned', () => {
  const reader = places.map((place): ActPlace => ({ ...place, role: 'read' }))
  for (const act of names)
    if (listWhere(act, { role: 'member', places: [] }).length === 0)
      assert.deepEqual(listWhere(act, { role: 'guest', places: reader }), [], act)
  assert.deepEqual(listWhere('merge', { role: 'member', places: [{ ...repository, role: 'write' }] }, 'release'), [
    { ...repository, role: 'write', branch: 'release' },
  ])
  assert.deepEqual(listWhere('repository.delete', { role: 'member', places }), [repository])
})

test('where an act can happen is the same to whoever writes a rule as to whoever explains it', () => {
  for (const act of names) {
    const [there = null] = listWhere(act, { role: 'owner', places })
    assert.equal(there !== null, isPlaced(act), act)
    assert.equal(there?.branch === 'main', isOnBranch(act), act)
  }
})
