import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseResource } from './parse-resource.ts'
import type { Json } from './schema.ts'
import { enterpriseUserSchema, userSchema, userType } from './user-schema.ts'

const schemas = [userSchema.id]
const parse = (body: Json): unknown => JSON.parse(JSON.stringify(parseResource(userType, body)))

test('names in any case, unknown ones and what only the server says', () => {
  assert.deepEqual(
    parse({
      SCHEMAS: schemas,
      USERNAME: 'ana',
      Name: { GIVENNAME: 'Ana', nothing: 1 },
      id: 'mine',
      meta: { resourceType: 'Group' },
      groups: [{ value: 'grp_1' }],
      favouriteColour: 'red',
      emails: [{ VALUE: 'a@b.example', Primary: 'TRUE', display: null }],
      title: null,
      roles: [],
    }),
    { userName: 'ana', name: { givenName: 'Ana' }, emails: [{ value: 'a@b.example', primary: true }] },
  )
})

test('an extension by its container, by single names, and in any case', () => {
  const urn = enterpriseUserSchema.id
  const expected = { userName: 'ana', [urn]: { department: 'Ledger' } }
  assert.deepEqual(parse({ schemas, userName: 'ana', [urn.toUpperCase()]: { Department: 'Ledger', x: 1 } }), expected)
  assert.deepEqual(parse({ schemas, userName: 'ana', [`${urn}:department`]: 'Ledger' }), expected)
  assert.deepEqual(parse({ schemas, [`${userSchema.id}:userName`]: 'ana', [urn]: { department: 'Ledger' } }), expected)
  assert.deepEqual(parse({ schemas, userName: 'ana', 'urn:example:unknown': { department: 'x' } }), { userName: 'ana' })
})

const refused: Record<string, [Json, string]> = {
  'no object': ['ana', 'invalidSyntax'],
  'no schemas': [{ userName: 'ana' }, 'invalidSyntax'],
  'other schemas': [{ schemas: [enterpriseUserSchema.id], userName: 'ana' }, 'invalidSyntax'],
  'no name': [{ schemas }, 'invalidValue'],
  'a blank name': [{ schemas, userName: '  ' }, 'invalidValue'],
  'a name twice': [{ schemas, userName: 'ana', USERNAME: 'bo' }, 'invalidSyntax'],
  'a name that is no string': [{ schemas, userName: 1 }, 'invalidValue'],
  'a name with a character that is none': [{ schemas, userName: 'a\0b' }, 'invalidValue'],
  'half a character': [{ schemas, userName: 'a\ud800' }, 'invalidValue'],
  'a long string': [{ schemas, userName: 'a'.repeat(8193) }, 'invalidValue'],
  'a truth value that is none': [{ schemas, userName: 'ana', active: 'yes' }, 'invalidValue'],
  'a certificate that is no base64': [
    { schemas, userName: 'ana', x509Certificates: [{ value: 'a_b' }] },
    'invalidValue',
  ],
  'two primary values': [
    {
      schemas,
      userName: 'ana',
      emails: [
        { value: 'a', primary: true },
        { value: 'b', primary: true },
      ],
    },
    'invalidValue',
  ],
  'a string for an object': [{ schemas, userName: 'ana', name: 'Ana' }, 'invalidValue'],
}
for (const [what, [body, scimType]] of Object.entries(refused))
  test(`${what} is refused`, () => assert.throws(() => parse(body), { scimType, status: 400 }))

test('nesting without end reaches nothing: the schema says how deep a resource is', () => {
  let deep: Json = 'x'
  for (let depth = 0; depth < 5000; depth += 1) deep = { name: deep, value: deep }
  assert.throws(() => parse({ schemas, userName: 'ana', name: { givenName: deep } }), { scimType: 'invalidValue' })
  assert.deepEqual(parse({ schemas, userName: 'ana', unknown: deep }), { userName: 'ana' })
})
