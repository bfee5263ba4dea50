import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deepestFilter, longestFilter, parseFilter } from './parse-filter.ts'
import { matchesFilter } from './match-filter.ts'
import { parseResource } from './parse-resource.ts'
import { ScimError } from './scim-error.ts'
import { enterpriseUserSchema, userSchema, userType } from './user-schema.ts'

const ana = parseResource(userType, {
  schemas: [userSchema.id],
  userName: 'Ana',
  externalId: 'E1',
  active: true,
  nickName: 'CORP\\ana "the" first',
  emails: [
    { value: 'ana@work.example', type: 'work' },
    { value: 'ana@home.example', type: 'home', primary: true },
  ],
  [enterpriseUserSchema.id]: { department: 'Ledger', manager: { value: 'usr_1' } },
})
const matches = (filter: string): boolean => matchesFilter(ana, parseFilter(userType, filter))

const holding: Record<string, boolean> = {
  'userName eq "ANA"': true,
  'USERNAME Eq "ana"': true,
  'userName ne "ana"': false,
  'userName sw "AN" and active eq true': true,
  'active eq "True"': true,
  'externalId eq "e1"': false,
  'externalId eq "E1"': true,
  'emails co "work.example"': true,
  'emails.value ew "home.example"': true,
  'emails[type eq "work" and value co "work"]': true,
  'emails[type eq "work" and value co "home"]': false,
  'emails[type eq "work"].value eq "ana@work.example"': true,
  // One and the same element, not one for each half.
  'emails[type eq "work"].value eq "ana@home.example"': false,
  'title pr': false,
  'not (title pr)': true,
  'title eq null': true,
  'title ne "x"': true,
  'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ana"': true,
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "ledger"': true,
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "usr_1"': true,
  'nickName eq "CORP\\\\ana \\"the\\" first"': true,
  'nickName co "\\u0022the"': true,
  'title pr or (userName eq "ana" and not (active eq false))': true,
}
for (const [filter, expected] of Object.entries(holding))
  test(`${filter} ${expected ? 'matches' : 'does not match'}`, () => assert.equal(matches(filter), expected))

const refused = [
  'userName',
  'userName eq',
  'userName is "a"',
  '"a" eq userName',
  'userName eq "a" and',
  '(userName eq "a"',
  '',
  'userName eq "a',
  'userName eq a',
  'not userName eq "a"',
  'active gt true',
  'active eq "perhaps"',
  'name eq "Ana"',
  'meta.created gt "yesterday"',
  'x509Certificates.value gt "AA=="',
  'userName gt null',
  'password eq "x"',
  'nothing eq "a"',
  '__proto__ pr',
  'constructor.prototype eq "x"',
  'toString pr',
  'emails[__proto__ pr]',
  'emails[value eq "a"',
  'userName[value eq "a"]',
  'name.nothing eq "a"',
  'urn:other:User:userName eq "a"',
  'userName eq "a\\q"',
  'userName eq "a\\u0000"',
  'userName eq "a\\ud800"',
  'userName eq "a\u0000"',
  'userName eq "a" \\ pr',
]
for (const filter of refused)
  test(`${JSON.stringify(filter)} is refused`, () => {
    assert.throws(() => parseFilter(userType, filter), { scimType: 'invalidFilter', status: 400 })
  })

test('a filter a megabyte long, a thousand deep, or made to be slow is refused before it is read', () => {
  for (const filter of [
    `userName eq "${'a'.repeat(1_000_000)}"`,
    `${'('.repeat(1000)}userName pr${')'.repeat(1000)}`,
    'emails['.repeat(200),
    'not ('.repeat(300),
    // An unclosed string of line breaks takes the parser itself longer than anybody lives.
    `userName eq "${'\n'.repeat(longestFilter - 20)}`,
  ])
    assert.throws(() => parseFilter(userType, filter), ScimError)
})

test('a filter as long and as deep as is allowed is read', () => {
  const deep = `${'('.repeat(deepestFilter)}userName pr${')'.repeat(deepestFilter)}`
  assert.equal(matches(deep), true)
  assert.equal(matches(`userName eq "${'a'.repeat(longestFilter - 20)}"`), false)
})
