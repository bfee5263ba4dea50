import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyPatch } from './apply-patch.ts'
import { parsePatchRequest, patchSchema } from './patch-request.ts'
import { parseResource } from './parse-resource.ts'
import type { Json, JsonObject } from './schema.ts'
import { enterpriseUserSchema, userSchema, userType } from './user-schema.ts'

const enterprise = enterpriseUserSchema.id
const user = (more: JsonObject = {}): JsonObject =>
  parseResource(userType, { schemas: [userSchema.id], userName: 'ana', ...more })
const patch = (resource: JsonObject, ...operations: Json[]): JsonObject =>
  applyPatch(userType, resource, parsePatchRequest({ schemas: [patchSchema], Operations: operations }))
/** Without null prototypes, for comparing. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const work = { value: 'ana@work.example', type: 'work' }
const home = { value: 'ana@home.example', type: 'home' }

const shapes: Record<string, { from?: JsonObject; operations: Json[]; to: JsonObject }> = {
  'Entra’s first write of an address': {
    operations: [{ op: 'Add', path: 'emails[type eq "work"].value', value: work.value }],
    to: { emails: [{ type: 'work', value: work.value }] },
  },
  'the same as a replace, where there is no address at all': {
    operations: [{ op: 'Replace', path: 'emails[type eq "work"].value', value: work.value }],
    to: { emails: [{ type: 'work', value: work.value }] },
  },
  'an address of another type beside the first': {
    from: { emails: [home] },
    operations: [{ op: 'add', path: 'emails[type eq "work"].value', value: work.value }],
    to: { emails: [home, { type: 'work', value: work.value }] },
  },
  'one address changed, the other left': {
    from: { emails: [work, home] },
    operations: [{ op: 'replace', path: 'EMAILS[Type EQ "WORK"].Value', value: 'new@work.example' }],
    to: { emails: [{ ...work, value: 'new@work.example' }, home] },
  },
  'a truth value as a word': {
    from: { active: true },
    operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    to: { active: false },
  },
  'Okta’s patch without a path': {
    operations: [{ op: 'replace', value: { active: false, id: 'usr_other', meta: { version: 'x' }, unknown: 1 } }],
    to: { active: false },
  },
  'paths as names of a value': {
    operations: [
      {
        op: 'add',
        value: {
          'name.givenName': 'Ana',
          [`${enterprise}:department`]: 'Ledger',
          'emails[type eq "work"].value': work.value,
        },
      },
    ],
    to: {
      name: { givenName: 'Ana' },
      [enterprise]: { department: 'Ledger' },
      emails: [{ type: 'work', value: work.value }],
    },
  },
  'a manager as a bare id': {
    operations: [{ op: 'Add', path: `${enterprise}:manager`, value: 'usr_1' }],
    to: { [enterprise]: { manager: { value: 'usr_1' } } },
  },
  'a whole extension': {
    from: { [enterprise]: { costCenter: '1' } },
    operations: [{ op: 'add', path: enterprise, value: { department: 'Ledger' } }],
    to: { [enterprise]: { costCenter: '1', department: 'Ledger' } },
  },
  'the last attribute of an extension removed': {
    from: { [enterprise]: { costCenter: '1' } },
    operations: [{ op: 'remove', path: `${enterprise}:costCenter` }],
    to: {},
  },
  'values removed by a list, and no others': {
    from: { emails: [work, home] },
    operations: [{ op: 'Remove', path: 'emails', value: [{ value: home.value }] }],
    to: { emails: [work] },
  },
  'an empty list removes nothing': {
    from: { emails: [work] },
    operations: [{ op: 'remove', path: 'emails', value: [] }],
    to: { emails: [work] },
  },
  'a value that is there already': {
    from: { emails: [work] },
    operations: [{ op: 'add', path: 'emails', value: [work] }],
    to: { emails: [work] },
  },
  'what becomes primary takes it from the others': {
    from: { emails: [{ ...work, primary: true }, home] },
    operations: [{ op: 'add', path: 'emails[type eq "home"].primary', value: 'True' }],
    to: {
      emails: [
        { ...work, primary: false },
        { ...home, primary: true },
      ],
    },
  },
  'parts of a name, the others left': {
    from: { name: { givenName: 'Ana', familyName: 'Example' } },
    operations: [{ op: 'replace', path: 'name', value: { familyName: 'Other' } }],
    to: { name: { givenName: 'Ana', familyName: 'Other' } },
  },
  'replaced by nothing is removed': {
    from: { title: 'x', emails: [work] },
    operations: [
      { op: 'replace', path: 'title', value: null },
      { op: 'replace', path: 'emails', value: [] },
    ],
    to: {},
  },
  'a single value in a list': {
    operations: [{ op: 'Add', path: 'displayName', value: [{ $ref: null, value: 'Ana' }] }],
    to: { displayName: 'Ana' },
  },
}
for (const [what, { from = {}, operations, to }] of Object.entries(shapes))
  test(what, () => {
    assert.deepEqual(plain(patch(user(from), ...operations)), { userName: 'ana', ...to })
  })

const refused: Record<string, [Json, string]> = {
  'a path that is none': [{ op: 'add', path: 'nothing', value: 'x' }, 'invalidPath'],
  'a path into a prototype': [{ op: 'add', path: '__proto__.active', value: false }, 'invalidPath'],
  'a part that is none': [{ op: 'add', path: 'name.nothing', value: 'x' }, 'invalidPath'],
  'what only the server says': [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
  'groups, which change through themselves': [{ op: 'add', path: 'groups', value: [{ value: 'grp_1' }] }, 'mutability'],
  'the name removed': [{ op: 'remove', path: 'userName' }, 'mutability'],
  'the name emptied': [{ op: 'replace', path: 'userName', value: ' ' }, 'invalidValue'],
  'remove without a path': [{ op: 'remove' }, 'noTarget'],
  'add without a value': [{ op: 'add', path: 'title' }, 'invalidValue'],
  'another operation': [{ op: 'move', path: 'title', value: 'x' }, 'invalidSyntax'],
  'an operation twice': [{ op: 'add', OP: 'remove', path: 'title', value: 'x' }, 'invalidSyntax'],
  'a replace that matches nothing': [{ op: 'replace', path: 'emails[type eq "fax"].value', value: 'x' }, 'noTarget'],
  'an add by what says nothing of a value': [{ op: 'add', path: 'emails[type pr].value', value: 'x' }, 'noTarget'],
  'a number for a truth value': [{ op: 'replace', path: 'active', value: 1 }, 'invalidValue'],
  'two primary values': [
    {
      op: 'replace',
      path: 'emails',
      value: [
        { ...work, primary: true },
        { ...home, primary: 'true' },
      ],
    },
    'invalidValue',
  ],
}
for (const [what, [operation, scimType]] of Object.entries(refused))
  test(`${what} is refused`, () => {
    const before = user({ emails: [{ value: 'a@b.example', type: 'other' }], title: 'x' })
    const copy = plain(before)
    const isOfOther = what.startsWith('an add by')
    const resource = isOfOther ? user() : before
    assert.throws(() => patch(resource, { op: 'replace', path: 'title', value: 'changed' }, operation), { scimType })
    assert.deepEqual(plain(before), copy, 'a refused patch leaves everything as it was')
  })

test('names of prototypes reach nothing', () => {
  const evil = JSON.parse(
    '{"op":"add","value":{"__proto__":{"active":false,"x":1},"constructor":{"prototype":{"x":1}},"name":{"__proto__":{"x":1},"givenName":"A"}}}',
  ) as Json
  const patched = patch(user(), evil)
  assert.deepEqual(plain(patched), { userName: 'ana', name: { givenName: 'A' } })
  assert.equal(({} as { x?: number }).x, undefined)
  assert.equal('active' in patched, false)
})

test('nobody has thousands of addresses, however they come', () => {
  const many = Array.from({ length: 1_001 }, (_, index) => ({ value: `a${index}@work.example` }))
  assert.throws(() => patch(user(), { op: 'add', path: 'emails', value: many }), { scimType: 'invalidValue' })
  const kept = patch(user(), { op: 'add', path: 'emails', value: many.slice(1) })
  assert.throws(() => patch(kept, { op: 'add', path: 'emails', value: [many[0] ?? null] }), {
    scimType: 'invalidValue',
  })
})
