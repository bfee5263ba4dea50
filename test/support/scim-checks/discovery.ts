import assert from 'node:assert/strict'
import { core, enterprise, type Json, messages, ok, refusedBy } from '../scim.ts'
import type { Attribute, Definition } from '../scim-body.ts'
import type { Check } from './check.ts'

const nameRule = /^(?:\$ref|[A-Za-z][\w-]*)$/

/** What a service says of itself: RFC 7643 §5–7, RFC 7644 §4. */
export const discovery: Check[] = [
  {
    covers: ['RFC7644-4-L4068', 'RFC7643-5-L1581', 'RFC7644-3.7.4-L3495'],
    title: 'ServiceProviderConfig says what is done and how to come in, also to whoever has no token',
    async run({ scim, nobody }) {
      for (const client of [scim, nobody]) {
        const config = ok(await client.get('/ServiceProviderConfig'))
        assert.deepEqual(config.schemas, [`${core}:ServiceProviderConfig`])
        for (const part of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag'] as const)
          assert.equal(typeof config[part].supported, 'boolean', part)
        assert.ok(config.bulk.maxOperations > 0 && config.bulk.maxPayloadSize > 0)
        assert.ok(config.filter.maxResults > 0)
        assert.equal(config.authenticationSchemes[0].type, 'oauthbearertoken')
        assert.equal(config.changePassword.supported, false)
      }
    },
  },
  {
    covers: ['RFC7643-6-L1619', 'RFC7643-6-L1641', 'RFC7643-6-L1650', 'RFC7643-3-L711'],
    title: 'ResourceTypes name their schemas, and each stands under Schemas by that very id',
    async run({ scim }) {
      const types = definitionsOf(ok(await scim.get('/ResourceTypes')))
      assert.deepEqual(types.map(({ name }) => name).sort(), ['Group', 'User'])
      for (const type of types) {
        assert.deepEqual(type.schemas, [`${core}:ResourceType`])
        assert.ok(type.name && type.endpoint.startsWith('/'))
        for (const id of [type.schema, ...(type.schemaExtensions ?? []).map((each) => each.schema)]) {
          const schema = ok(await scim.get(`/Schemas/${id}`))
          assert.equal(schema.id, id)
        }
        assert.deepEqual(ok(await scim.get(`/ResourceTypes/${type.name}`)), type)
      }
      const user = types.find(({ name }) => name === 'User')
      assert.deepEqual(user?.schemaExtensions, [{ schema: enterprise, required: false }])
      refusedBy(await scim.get('/ResourceTypes/Printer'), 404)
    },
  },
  {
    covers: [
      'RFC7644-4-L4098',
      'RFC7643-7-L1691',
      'RFC7643-7-L1700',
      'RFC7643-2.1-L369',
      'RFC7643-2.3.8-L595',
      'RFC7643-2.3-L443',
    ],
    title: 'Schemas come as a list: each has its URI and name, plain attribute names, known types, one level of parts',
    async run({ scim }) {
      const list = ok(await scim.get('/Schemas'))
      assert.deepEqual(list.schemas, [`${messages}:ListResponse`])
      const ids = list.Resources.map(({ id }) => id)
      for (const id of [`${core}:User`, `${core}:Group`, enterprise]) assert.ok(ids.includes(id), id)
      for (const schema of definitionsOf(list)) {
        assert.match(schema.id, /^urn:ietf:params:scim:schemas:/)
        assert.ok(schema.name.length > 0)
        for (const attribute of schema.attributes) {
          checkAttribute(attribute)
          for (const part of attribute.subAttributes ?? []) {
            checkAttribute(part)
            assert.notEqual(part.type, 'complex', `${attribute.name}.${part.name}`)
          }
        }
      }
      refusedBy(await scim.get('/Schemas/urn:nothing'), 404)
    },
  },
  {
    covers: [],
    title:
      'discovery tells the truth: what is said to be done is, and each attribute of a person is taken and given back as it says',
    async run({ scim, fresh }) {
      const config = ok(await scim.get('/ServiceProviderConfig'))
      for (const feature of ['patch', 'bulk', 'filter', 'sort', 'etag'] as const)
        assert.equal(config[feature].supported, true, feature)
      assert.deepEqual([config.pagination.index, config.pagination.cursor], [true, true])
      const { Resources } = ok(await scim.get('/Schemas'))
      const attributesOf = (id: string): Attribute[] =>
        (Resources as unknown as Definition[]).find((schema) => schema.id === id)?.attributes ?? assert.fail(id)
      const userName = fresh()
      const sent: Record<string, unknown> = { userName }
      const fill = (into: Record<string, unknown>, attributes: readonly Attribute[]): void => {
        for (const each of attributes)
          if (!(each.name in into) && each.mutability !== 'readOnly') into[each.name] = exampleOf(each)
      }
      fill(sent, attributesOf(`${core}:User`))
      const extension: Record<string, unknown> = {}
      fill(extension, attributesOf(enterprise))
      const { password, ...rest } = sent
      assert.equal(password, 'x')
      const expected = { ...rest, [enterprise]: extension }
      const schemasOf = { schemas: [`${core}:User`, enterprise] }
      const made = ok(await scim.post('/Users', { ...expected, ...schemasOf, password }), 201)
      const { id, meta, schemas, ...given } = ok(await scim.get(`/Users/${made.id}`))
      const { $ref, ...manager } = given[enterprise].manager
      assert.equal($ref, `${scim.base}/Users/x`)
      assert.deepEqual({ ...given, [enterprise]: { ...given[enterprise], manager } }, expected)
      assert.deepEqual([id, meta.resourceType, schemas.length], [made.id, 'User', 2])
      // What it does not name is not taken, and comes back nowhere.
      const more = ok(await scim.put(`/Users/${id}`, { ...expected, ...schemasOf, shoeSize: 44 }))
      assert.equal('shoeSize' in more, false)
      refusedBy(await scim.patch(`/Users/${id}`, { op: 'add', path: 'shoeSize', value: 44 }), 400, 'invalidPath')
    },
  },
  {
    covers: ['RFC7644-3.1-L439', 'RFC7644-3.1-L436'],
    title: 'schemas of messages are not among them, and begin with the prefix of messages',
    async run({ scim }) {
      const ids: string[] = ok(await scim.get('/Schemas')).Resources.map(({ id }) => id)
      assert.deepEqual(
        ids.filter((id) => id.includes(':api:messages:')),
        [],
      )
      const list = ok(await scim.get('/Users?count=0'))
      const error = (await scim.get('/Users/nobody')).body
      for (const { schemas } of [list, error]) assert.ok(schemas[0]?.startsWith('urn:ietf:params:scim:api:'))
    },
  },
  {
    covers: ['RFC7644-4-L4125'],
    title: 'discovery ignores sorting and paging, and refuses to be filtered (§4: 403)',
    async run({ scim }) {
      for (const path of ['/Schemas', '/ResourceTypes', '/ServiceProviderConfig']) {
        const plain = ok(await scim.get(path))
        assert.deepEqual(ok(await scim.get(`${path}?startIndex=2&count=1&sortBy=id&sortOrder=descending`)), plain)
      }
      for (const path of ['/Schemas', '/ResourceTypes'])
        refusedBy(await scim.get(`${path}?filter=${encodeURIComponent('id pr')}`), 403)
    },
  },
  {
    covers: ['RFC7644-2-L307', 'RFC7644-2-L311', 'RFC7644-3.12-L3707'],
    title: 'without a token that counts nothing but discovery answers: 401, as a SCIM error that says how to come in',
    async run({ scim, nobody }) {
      for (const path of ['/Users', '/Groups', '/Users/x', '/Me', '/Bulk']) {
        const answer = await nobody.get(path)
        refusedBy(answer, 401)
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/)
      }
      refusedBy(await scim.send('GET', '/Users', undefined, { authorization: 'Bearer wrong' }), 401)
    },
  },
  {
    covers: ['RFC7644-3.8-L3537', 'RFC7644-3.8-L3551'],
    title: 'it answers application/scim+json in UTF-8, and plain JSON to whoever asks for that',
    async run({ scim, fresh }) {
      const displayName = 'Zoë 漢字 Ünïcode'
      const user = await scim.makeUser(fresh(), { displayName })
      const answer = await scim.get(`/Users/${user.id}`)
      assert.match(answer.headers.get('content-type') ?? '', /^application\/scim\+json(; ?charset=utf-8)?$/i)
      assert.equal(answer.body.displayName, displayName)
      const plain = await scim.get(`/Users/${user.id}`, { accept: 'application/json' })
      assert.equal(plain.status, 200)
      assert.match(plain.headers.get('content-type') ?? '', /^application\/(scim\+)?json/)
      const posted = await scim.send('PUT', `/Users/${user.id}`, answer.body, { 'content-type': 'application/json' })
      assert.equal(posted.status, 200)
    },
  },
]

/** A value of the attribute's type; of many values, one. */
function exampleOf({ type, multiValued, subAttributes = [] }: Attribute): unknown {
  const scalar = { boolean: true, binary: 'AAEC', reference: 'https://example.org/x', dateTime: '2026-01-01T00:00:00Z' }
  const one =
    type === 'complex'
      ? Object.fromEntries(
          subAttributes
            .filter(({ mutability }) => mutability !== 'readOnly')
            .map((part) => [part.name, exampleOf(part)]),
        )
      : (scalar[type as keyof typeof scalar] ?? 'x')
  return multiValued === true ? [one] : one
}

const definitionsOf = (list: Json): Definition[] => list.Resources as unknown as Definition[]

function checkAttribute(attribute: Attribute): void {
  assert.match(attribute.name, nameRule)
  assert.match(attribute.type, /^(?:string|boolean|decimal|integer|dateTime|binary|reference|complex)$/)
  assert.match(attribute.mutability ?? 'readWrite', /^(?:readOnly|readWrite|immutable|writeOnly)$/)
  assert.match(attribute.returned ?? 'default', /^(?:always|never|default|request)$/)
  assert.match(attribute.uniqueness ?? 'none', /^(?:none|server|global)$/)
  for (const fact of ['multiValued', 'required', 'caseExact'] as const)
    if (attribute[fact] !== undefined) assert.equal(typeof attribute[fact], 'boolean')
}
