import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childrenCpuMs } from './cpu-time.ts'
import { buildVerifier } from '../src/commands/bundles.ts'
import { alternate, type Group, type Row } from './measure.ts'
import { createSealedBranch } from './sealed-branch.ts'
import { throwAwayFolder } from './served.ts'

const merges = 2000
const manyMerges = 10_000
const stockCommits = 50
const main = fileURLToPath(new URL('../bin/postern.js', import.meta.url))

/** The command as anybody runs it on a clone, as one file and from sources, its start and its git processes included. */
export const verify: Group = {
  name: 'verify',
  does: `postern verify over ${merges} and ${manyMerges} sealed merges`,
  async run({ rounds, say }) {
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
    return [
      row('as one file', measured.file),
      row('from sources', measured.sources),
      ...(await measureMany({ folder: folder.path, file, rounds, say })),
    ]
  },
}

/** Wall, since somebody waits for it: the command's start, git and the report included. */
async function measureMany(parts: {
  folder: string
  file: string
  rounds: number
  say: (line: string) => void
}): Promise<Row[]> {
  const { folder, file, rounds, say } = parts
  const secondsFor = async (name: string, approved: boolean): Promise<() => number> => {
    say(`${manyMerges} merges${approved ? ', each with an approval' : ''}`)
    const clone = join(folder, name)
    const { trust } = await createSealedBranch(clone, manyMerges, { approved })
    return () => {
      const began = performance.now()
      const report = execFileSync(process.execPath, [file, clone, '--trust', trust, '--json'], { maxBuffer: 2 ** 28 })
      const seconds = (performance.now() - began) / 1000
      const { counts, level } = JSON.parse(report.toString()) as { counts: { proven: number }; level: number }
      if (counts.proven !== manyMerges || level !== (approved ? 4 : 3))
        throw new Error(`${counts.proven} of ${manyMerges} merges are proven, level ${level}`)
      return seconds
    }
  }
  const sides = { merges: await secondsFor('merges', false), approved: await secondsFor('approved', true) }
  const measured = await alternate(rounds, sides)
  const whole = `\`postern verify\` over ${manyMerges.toLocaleString('en')} sealed merges, as one file, with the command's start; wall`
  return [
    { measured: whole, unit: 's', ours: measured.merges, reach: { value: 5 } },
    { measured: 'the same with a second person’s approval of each', unit: 's', ours: measured.approved },
  ]
}
