import { readFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { bigRepository } from './big-repository.ts'
import { processTree } from './cpu-time.ts'
import { startHttpBackend } from './http-backend.ts'
import { serve } from './served.ts'
const rounds = Number(process.argv[2] ?? 3)
const only = process.argv[3]
const flags = (process.argv[4] ?? '').split(' ').filter(Boolean)
const say = console.error
const source = await bigRepository(say)
const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'))
await using served = await serve({ dataFolder: join(folder, 'data'), nodeFlags: flags })
await using peer = await startHttpBackend(join(folder, 'peer'))
const ana = new Person(served.origin)
await ana.register(await served.setupLink, { username: 'ana', displayName: 'Ana Example', email: 'ana@example.com' })
const credentials = withToken(await ana.makeToken('bench'))
await ana.call('POST', '/projects', { name: 'bench', description: '' })
const stat = (pid: number) => { try { readFileSync('/proc/' + pid + '/stat') } catch { return { u: 0, s: 0, c: 0 } }; const f = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ').map(Number); return { u: f[11]! * 10, s: f[12]! * 10, c: (f[13]! + f[14]!) * 10 } }
function snap(root: number) { const tree = processTree(root).slice(0, 2); const [main, runner] = [stat(root), tree[1] ? stat(tree[1]) : { u: 0, s: 0, c: 0 }]; return { mainU: main.u, mainS: main.s, runnerOwn: runner.u + runner.s, git: main.c + runner.c, more: tree.length } }

import { execFileSync } from 'node:child_process'
import { cp, rm as remove } from 'node:fs/promises'
await ana.call('POST', '/projects/bench/repositories', { name: 'big', description: '' })
await gitOrThrow(source, [...credentials, 'push', '--quiet', `${served.origin}/bench/big.git`, 'main'])
for (let q = 0; q < 10; q = processTree(served.pid).length > 2 ? 0 : q + 1) await wait(100)
const bitmap = execFileSync('find', [join(folder, 'data'), '-name', '*.bitmap'], { encoding: 'utf8' }).trim().split('\n')[0]!
const twin = join(folder, 'peer', 'repositories', 'big.git')
await remove(twin, { recursive: true, force: true })
await cp(bitmap.replace(/\/objects\/pack\/[^/]+$/, ''), peer.create('big.git'), { recursive: true })
const results: Record<string, number[]> = { ours: [], peer: [] }
for (let round = 0; round < rounds; round++) for (const side of ['peer', 'ours'] as const) {
  const pid = side === 'ours' ? served.pid : peer.pid
  const a = snap(pid)
  await gitOrThrow(folder, [...(side === 'ours' ? credentials : []), 'clone', '--quiet', '--bare', side === 'ours' ? `${served.origin}/bench/big.git` : `${peer.origin}/big.git`, join(folder, 'clone.git')])
  const b = snap(pid)
  await remove(join(folder, 'clone.git'), { recursive: true })
  results[side]!.push(b.mainU - a.mainU + b.mainS - a.mainS + b.runnerOwn - a.runnerOwn + b.git - a.git)
  say(side, `main user ${b.mainU - a.mainU} sys ${b.mainS - a.mainS} runner ${b.runnerOwn - a.runnerOwn} git ${b.git - a.git}`)
}
for (const [side, r] of Object.entries(results)) { const tot = r.toSorted((x, y) => x - y); say(side, 'median', tot[tot.length >> 1], 'min', tot[0]) }
await remove(folder, { recursive: true, force: true })
