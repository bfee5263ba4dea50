import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkTerms } from '../../../src/machines/workloads/check-terms.ts'
import { asSent, type PipelineValues } from './presets.ts'

const values = (more: Partial<PipelineValues>): PipelineValues => ({
  shape: 'github',
  name: '',
  place: '',
  home: 'acme/shop',
  branch: '',
  conditions: [],
  access: 'read',
  audience: 'https://git.example.com/acme/shop',
  lifetimeMinutes: 30,
  runHours: 6,
  keys: '',
  ...more,
})

test('what is filled in becomes terms that are taken', () => {
  const uuid = '{9a8b7c6d-1234-4321-8888-0123456789ab}'
  const all = [
    asSent(values({ branch: 'main ' })),
    asSent(values({ shape: 'gitlab', place: 'https://gitlab.com/', home: 'acme/sub/shop', branch: 'main' })),
    asSent(values({ shape: 'bitbucket', place: 'acme', home: uuid, branch: 'main' })),
    asSent(values({ shape: 'other', place: 'https://ci.example.com', conditions: [{ claim: 'sub', value: 'job' }] })),
  ]
  for (const each of all) checkTerms(each)
  assert.deepEqual(
    all.map(({ name, issuer, conditions }) => [
      name,
      issuer,
      conditions.map(({ claim, value }) => `${claim}=${value}`),
    ]),
    [
      [
        'GitHub Actions',
        'https://token.actions.githubusercontent.com',
        ['repository=acme/shop', 'ref=refs/heads/main'],
      ],
      ['GitLab CI', 'https://gitlab.com', ['project_path=acme/sub/shop', 'ref=main', 'ref_type=branch']],
      [
        'Bitbucket Pipelines',
        'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
        [`repositoryUuid=${uuid}`, 'branchName=main'],
      ],
      ['Somewhere else', 'https://ci.example.com', ['sub=job']],
    ],
  )
})

test('lines left empty are left out', () => {
  const sent = asSent(
    values({
      conditions: [
        { claim: ' ', value: '' },
        { claim: 'environment', value: 'production' },
      ],
    }),
  )
  assert.deepEqual(
    sent.conditions.map(({ claim }) => claim),
    ['repository', 'environment'],
  )
})
