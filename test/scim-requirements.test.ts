import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bulk } from './support/scim-checks/bulk.ts'
import { changes } from './support/scim-checks/changes.ts'
import type { Ground } from './support/scim-checks/check.ts'
import { discovery } from './support/scim-checks/discovery.ts'
import { lists } from './support/scim-checks/lists.ts'
import { listUnsettled, renderRequirements, type Requirement } from './support/scim-checks/requirements-page.ts'
import { resources } from './support/scim-checks/resources.ts'
import { connectDirectory, ScimClient } from './support/scim.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

/** Each requirement of RFC 7643 and RFC 7644 seen from outside, as a directory would; written from the RFCs alone. */
const groups = { discovery, resources, lists, changes, bulk }
const checks = Object.values(groups).flat()

for (const { name, flags } of eitherStore)
  test(`SCIM as the RFCs want it, on ${name}`, async (context) => {
    await using postern = await startPostern({ flags: [...(await flags()), '--rate-limit', '1000000'] })
    const ana = await postern.owner()
    let made = 0
    const ground: Ground = {
      scim: (await connectDirectory(ana, 'One')).scim,
      other: (await connectDirectory(ana, 'Another')).scim,
      nobody: new ScimClient(postern.origin, null),
      fresh: (kind = 'user') => `${kind}-${(made += 1)}`,
    }
    for (const [group, list] of Object.entries(groups))
      await context.test(group, async (within) => {
        for (const { title, run } of list) await within.test(title, () => run(ground))
      })
  })

const folder = process.env['POSTERN_VECTORS'] ?? join(import.meta.dirname, '../../shared/vectors')
const vectors = join(folder, 'scim-requirements.json')
const page = join(import.meta.dirname, '../docs/scim-requirements.md')

test(
  'the page of requirements is what the tests say',
  { skip: !existsSync(vectors) && `no list at ${vectors}` },
  () => {
    const requirements = JSON.parse(readFileSync(vectors, 'utf8')) as Requirement[]
    assert.deepEqual(listUnsettled(requirements, checks), [])
    const known = new Set(requirements.map(({ id }) => id))
    assert.deepEqual(
      checks.flatMap(({ covers }) => covers).filter((id) => !known.has(id)),
      [],
    )
    const rendered = renderRequirements(requirements, checks)
    if (process.env['UPDATE_TABLES'] !== undefined) writeFileSync(page, rendered)
    assert.equal(readFileSync(page, 'utf8'), rendered)
  },
)
