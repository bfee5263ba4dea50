import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NewPipeline, PipelineList } from '../src/machines/workloads/shapes.ts'
import { git, withToken } from '../src/walk/git.ts'
import { exchange, letIn, newPipeline, refusedExchange, trade } from './support/exchange.ts'
import { startPostern } from './support/start-postern.ts'
import { startWorkloadIssuer } from './support/workload-issuer.ts'

interface Job {
  /** Where the service’s issuer lies below its host. */
  path: string
  conditions: NewPipeline['conditions']
  /** As the service signs them, in place of the usual ones. */
  claims: Record<string, unknown>
  /** Of a job of somebody else at the same service. */
  foreign: Record<string, unknown>
  /** Of the same project, on a branch that is not trusted. */
  elsewhere: Record<string, unknown>
}

const shop = '/projects/acme/repositories/shop'
const [workspace, repository] = ['{d1f0f3c4-6a5e-4c1b-9b0f-0a4f6c3f9a11}', '{5b6a7c8d-1e2f-4a3b-8c4d-5e6f7a8b9c0d}']

const jobs: Record<'github' | 'gitlab' | 'bitbucket', Job> = {
  github: {
    path: '',
    conditions: [
      { claim: 'repository', value: 'acme/shop' },
      { claim: 'repository_owner_id', value: '65' },
      { claim: 'ref', value: 'refs/heads/main' },
    ],
    claims: {
      sub: 'repo:acme/shop:ref:refs/heads/main',
      repository: 'acme/shop',
      repository_id: '74',
      repository_owner: 'acme',
      repository_owner_id: '65',
      repository_visibility: 'private',
      ref: 'refs/heads/main',
      ref_type: 'branch',
      ref_protected: 'true',
      head_ref: '',
      event_name: 'push',
      job_workflow_ref: 'acme/shop/.github/workflows/build.yml@refs/heads/main',
      runner_environment: 'github-hosted',
    },
    // A name that was given up, and taken by somebody else.
    foreign: { repository_owner_id: '66' },
    elsewhere: { ref: 'refs/heads/try' },
  },
  gitlab: {
    path: '',
    conditions: [
      { claim: 'project_path', value: 'acme/web/shop' },
      { claim: 'ref', value: 'main' },
      { claim: 'ref_protected', value: 'true' },
    ],
    claims: {
      sub: 'project_path:acme/web/shop:ref_type:branch:ref:main',
      repository: undefined,
      namespace_id: '72',
      namespace_path: 'acme/web',
      project_id: '20',
      project_path: 'acme/web/shop',
      user_login: 'ana',
      user_identities: [{ provider: 'saml', extern_uid: '2435223452345' }],
      groups_direct: ['acme'],
      pipeline_id: '574',
      job_id: '302',
      ref: 'main',
      ref_type: 'branch',
      ref_path: 'refs/heads/main',
      ref_protected: 'true',
      runner_id: 1,
    },
    foreign: { project_path: 'acme/web/shop/mallory' },
    elsewhere: { ref: 'main', ref_protected: 'false' },
  },
  bitbucket: {
    path: '/2.0/workspaces/acme/pipelines-config/identity/oidc',
    conditions: [
      { claim: 'repositoryUuid', value: repository },
      { claim: 'workspaceUuid', value: workspace },
      { claim: 'branchName', value: 'main' },
    ],
    claims: {
      sub: `${repository}:{7c8d9e0f-2a3b-4c5d-8e6f-7a8b9c0d1e2f}`,
      // A list of one, no time from which it counts, and no name of its own.
      aud: ['postern'],
      nbf: undefined,
      jti: undefined,
      repository: undefined,
      ref: undefined,
      repositoryUuid: repository,
      workspaceUuid: workspace,
      pipelineUuid: '{1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d}',
      branchName: 'main',
    },
    foreign: { repositoryUuid: workspace },
    elsewhere: { branchName: 'try' },
  },
}

for (const shape of ['github', 'gitlab', 'bitbucket'] as const)
  test(`a job at ${shape} comes in by what the service says of it, and no other job there`, async () => {
    const { path, conditions, claims, foreign, elsewhere } = jobs[shape]
    await using issuer = await startWorkloadIssuer({ path })
    await using postern = await startPostern({ flags: ['--outbound-allow', '127.0.0.1'] })
    const { origin } = postern
    const ana = await postern.owner()
    await ana.call('POST', '/projects', { name: 'acme', description: '' })
    await ana.call('POST', '/projects/acme/repositories', { name: 'shop', description: '' })
    await letIn(ana, shop, newPipeline(issuer.issuer, { shape, conditions, access: 'read' }))

    const { access_token: token, scope } = await trade(origin, 'acme/shop', await issuer.sign(claims))
    assert.equal(scope, 'repository:read')
    assert.equal((await git('/', [...withToken(token), 'ls-remote', `${origin}/acme/shop.git`])).code, 0)
    const { items } = await ana.call<PipelineList>('GET', `${shop}/pipelines`)
    assert.equal(items[0]?.lastSubject, claims['sub'])

    const form = async (more: Record<string, unknown>) => ({
      subject_token: await issuer.sign({ ...claims, ...more }),
      resource: `${origin}/acme/shop`,
    })
    await refusedExchange(origin, await form(foreign), 'invalid_target')
    await refusedExchange(origin, await form(elsewhere), 'invalid_request')
    // RFC 8693 §3 has a name of its own for what OpenID Connect signs.
    const idToken = { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }
    assert.equal((await exchange(origin, { ...(await form({ pipelineUuid: 'another' })), ...idToken })).status, 200)
  })
