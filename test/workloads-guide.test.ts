import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { recipeOf } from '../console/pages/pipelines/recipe.ts'
import { checkConditions, namesHome } from '../src/machines/workloads/home-claims.ts'
import type { WorkloadShape } from '../src/machines/workloads/shapes.ts'
import { exchange, letIn, newPipeline, ownType, refusedExchange, renew } from './support/exchange.ts'
import { setRules, shipped } from './support/guardrails.ts'
import type { Rule } from '../src/policy/rule.ts'
import type { Person } from '../src/walk/person.ts'
import { type Guide, readGuide } from './support/guide.ts'
import { makeProposing } from './support/proposed.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { startWorkloadIssuer, type WorkloadIssuer } from './support/workload-issuer.ts'

const run = promisify(execFile)
const shown = 'https://git.example.com'
const resource = `${shown}/payments/api`

/** The lines of a job’s script, as its runner takes them out of the file. */
function scriptOf(lines: readonly string[]): string {
  const start = lines.findIndex((line) => /^ *- (run: )?\|$/.test(line))
  const script = lines.slice(start + 1)
  const indent = /^ */.exec(script[0] ?? '')?.[0].length ?? 0
  return script.map((line) => line.slice(indent)).join('\n')
}

const hasTools = ['curl', 'jq'].every((tool) => spawnSync(tool, ['--version']).error === undefined)

/** The recipes of the page and of the guide, by real curl, jq and git, as a runner would. */
describe('the guide about pipelines', { skip: !hasTools && 'no curl or jq' }, () => {
  let guide: Guide
  let postern: StartedPostern
  let issuer: WorkloadIssuer
  let ana: Person
  before(async () => {
    guide = await readGuide('ci.md')
    issuer = await startWorkloadIssuer()
    postern = await startPostern({ flags: ['--outbound-allow', '127.0.0.1'] })
    ana = await postern.owner()
    const { path } = await makeProposing(postern, ana, 'payments/api')
    await letIn(ana, path, newPipeline(issuer.issuer, { audience: resource }))
  })
  after(async () => {
    await postern[Symbol.asyncDispose]()
    await issuer[Symbol.asyncDispose]()
  })

  const runHere = async (name: string, script: string, env: Record<string, string>) => {
    const folder = join(postern.folder, name)
    await mkdir(folder)
    const { PATH = '' } = process.env
    const text = script.replaceAll(shown, postern.origin)
    return run('sh', ['-euc', text], { cwd: folder, env: { PATH, HOME: folder, GIT_TERMINAL_PROMPT: '0', ...env } })
  }
  const expected = (shape: WorkloadShape) =>
    recipeOf({ shape, audience: resource }, { resource, exchangeUrl: `${shown}/api/v1/token-exchange` }).lines
  const isThere = (script: string): string => `${script}\ntest -n "$(git -C api rev-parse HEAD)"`

  test('GitHub Actions', async () => {
    const [block] = guide.blocks('GitHub Actions', 'yaml')
    assert.equal(block.trimEnd(), expected('github').join('\n'), 'as the page shows it')
    // What a runner offers its job for asking.
    const asked: string[] = []
    const runner = createServer((request, response) => {
      asked.push(`${request.headers.authorization} ${request.url}`)
      const audience = new URL(request.url ?? '', issuer.issuer).searchParams.get('audience')
      void issuer
        .sign({ aud: audience?.replace(postern.origin, shown) })
        .then((value) => response.end(JSON.stringify({ value })))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => runner.once('listening', resolve))
    const { port } = runner.address() as AddressInfo
    try {
      await runHere('github', isThere(scriptOf(block.trimEnd().split('\n'))), {
        ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runner',
      })
    } finally {
      runner.close()
    }
    assert.equal(asked.length, 1)
    assert.match(asked[0] ?? '', /^Bearer runner \/token\?api-version=2\.0&audience=http/)
  })

  test('GitLab CI', async () => {
    const [block] = guide.blocks('GitLab CI', 'yaml')
    assert.equal(block.trimEnd(), expected('gitlab').join('\n'))
    await runHere('gitlab', isThere(scriptOf(block.trimEnd().split('\n'))), {
      JWT: await issuer.sign({ aud: resource }),
    })
  })

  test('Bitbucket Pipelines, whose audience is a list of one', async () => {
    const [block] = guide.blocks('Bitbucket Pipelines', 'yaml')
    assert.equal(block.trimEnd(), expected('bitbucket').join('\n'))
    await runHere('bitbucket', isThere(scriptOf(block.trimEnd().split('\n'))), {
      BITBUCKET_STEP_OIDC_TOKEN: await issuer.sign({ aud: [resource] }),
    })
  })

  test('any other issuer, and a job that takes longer', async () => {
    const [script] = guide.blocks('Any other issuer', 'sh')
    assert.equal(script.trimEnd(), expected('other').join('\n'))
    const [renewing] = guide.blocks('A job that takes longer', 'sh')
    const { stdout } = await runHere(
      'other',
      `${isThere(script)}\nFORMER=$POSTERN_TOKEN\n${renewing}\ntest "$FORMER" != "$POSTERN_TOKEN"\ngit -C api fetch && echo renewed`,
      { JWT: await issuer.sign({ aud: resource }) },
    )
    assert.match(stdout, /renewed/)
  })

  test('the claims that say whose pipeline it is are those of the table, and the useful ones say it not', async () => {
    const named = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
    const shapes = { 'GitHub Actions': 'github', 'GitLab CI': 'gitlab', 'Bitbucket Pipelines': 'bitbucket' } as const
    const rows = guide.rows('service')
    assert.deepEqual(
      rows.map(([service]) => service),
      [...Object.keys(shapes), 'any other'],
    )
    for (const [service = '', homesCell = '', usefulCell = ''] of rows.slice(0, -1)) {
      const shape = shapes[service as keyof typeof shapes]
      const [homes, useful] = [named(homesCell), named(usefulCell)]
      const isHome = (claim: string): boolean =>
        ['acme/shop', 'repo:acme/shop:x', 'project_path:acme/shop:x'].some((value) =>
          namesHome(shape, { claim, value }),
        )
      assert.ok(homes.every(isHome), service)
      assert.ok(!useful.some(isHome), service)
      assert.throws(
        () => checkConditions(shape, [{ claim: 'nothing', value: 'x' }]),
        (error: Error) => homes.every((claim) => claim === 'sub' || error.message.includes(claim)),
      )
    }
  })

  test('the words of a refusal are those of the table, also where a guardrail forbids to go on', async () => {
    const codes = guide.rows('`error`').map(([code = '']) => code.replaceAll('`', ''))
    assert.deepEqual(codes, ['invalid_request', 'invalid_target', 'invalid_scope', 'access_denied'])
    const of = { resource: `${postern.origin}/payments/api` }
    const shown = async (more: object = {}) => ({ ...of, subject_token: await issuer.sign({ aud: resource, ...more }) })
    await refusedExchange(postern.origin, await shown({ exp: 1 }), 'invalid_request')
    await refusedExchange(postern.origin, await shown({ aud: 'another' }), 'invalid_target')
    await refusedExchange(postern.origin, { ...(await shown()), scope: 'act' }, 'invalid_scope')
    const { access_token: token } = (await exchange(postern.origin, await shown())).body
    const inside = { does: ['token.use'] as Rule['does'], requires: { networks: ['192.0.2.0/24'] } }
    await setRules(ana, [shipped('token-lifetime', { title: 'From inside alone', ...inside })])
    const going = { subject_token: token, subject_token_type: ownType }
    assert.match(await refusedExchange(postern.origin, going, 'access_denied'), /From inside alone/)
    await setRules(ana, [])
    await renew(postern.origin, token)
  })

  test('a job that is refused ends, and prints why', async () => {
    const [script] = guide.blocks('Any other issuer', 'sh')
    const refused = runHere('refused', script, { JWT: await issuer.sign({ aud: resource, exp: 1 }) })
    await assert.rejects(refused, (error: Error & { stdout?: string }) => {
      assert.match(error.stdout ?? '', /"error_description":"It has expired\."/)
      return true
    })
  })
})
