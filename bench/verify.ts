import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childrenCpuMs } from './cpu-time.ts'
import { buildVerifier } from '../src/verifier/bundle.ts'
import { alternate, type Group, type Row } from './measure.ts'
import { createSealedBranch } from './sealed-branch.ts'
import { throwAwayFolder } from './served.ts'

const merges = 2000
const stockCommits = 50
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** The command as anybody runs it on a clone, as one file and from sources, its start and its git processes included. */
export const verify: Group = {
  name: 'verify',
  does: `postern verify over ${merges} sealed merges`,
  async run({ rounds }) {
    await using folder = await throwAwayFolder(tmpdir())
    const clone = join(folder.path, 'clone')
    const signers = join(folder.path, 'allowed_signers')
    const { trust, allowedSigners } = await createSealedBranch(clone, merges)
    await writeFile(signers, allowedSigners)
    const git = (args: string[]): string =>
      execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', stdio: 'pipe' })
    const oids = git(['rev-list', '--first-parent', `--max-count=${stockCommits}`, 'main'])
      .trim()
      .split('\n')
    const file = join(folder.path, 'postern-verify.mjs')
    await buildVerifier(file)
    const perCommit = (command: string[]): number =>
      childrenCpuMs(() => {
        const report = execFileSync(process.execPath, [...command, clone, '--trust', trust, '--json'], {
          maxBuffer: 2 ** 28,
        })
        const { counts } = JSON.parse(report.toString()) as { counts: { proven: number } }
        if (counts.proven !== merges) throw new Error(`${counts.proven} of ${merges} merges are proven`)
      }) / merges
    const sides = {
      stock: () =>
        childrenCpuMs(() => void git(['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', ...oids])) /
        oids.length,
      file: () => perCommit([file]),
      sources: () => perCommit([main, 'verify']),
    }
    const measured = await alternate(rounds, sides)
    const row = (how: string, ours: number): Row => ({
      measured: `\`postern verify\` per sealed commit, ${how}, over ${merges} with the command's start; CPU`,
      unit: 'ms',
      ours,
      peer: { name: '`git verify-commit`', value: measured.stock },
      reach: { value: 0.5 },
    })
    return [row('as one file', measured.file), row('from sources', measured.sources)]
  },
}
