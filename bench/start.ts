import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { treePssMb } from './cpu-time.ts'
import { alternate, type Group, median } from './measure.ts'
import { serve, throwAwayFolder } from './served.ts'

const settleMs = 2000

/** From the command to the first 200 of /readyz, on a data folder that was used before; then what it holds in memory. */
export const start: Group = {
  name: 'start',
  does: 'start to /readyz from sources, and idle memory',
  async run({ rounds }) {
    await using folder = await throwAwayFolder(tmpdir())
    const dataFolder = join(folder.path, 'data')
    // The first start makes the store, the compile cache and, if it is stale, the console.
    await (await serve({ dataFolder })).stop()
    const memory: number[] = []
    const measured = await alternate(rounds, {
      node() {
        const startedAt = performance.now()
        spawnSync(process.execPath, ['-e', '0'])
        return performance.now() - startedAt
      },
      async ours() {
        await using served = await serve({ dataFolder })
        await wait(settleMs)
        memory.push(treePssMb(served.pid))
        return served.readyAfterMs
      },
    })
    return [
      {
        measured: 'start to `/readyz` from sources, second start; wall',
        unit: 'ms',
        ours: measured.ours,
        peer: { name: '`node -e 0`', value: measured.node },
        reach: { value: 1000 },
      },
      { measured: 'idle memory, PSS of the process tree', unit: 'MB', ours: median(memory), reach: { value: 180 } },
    ]
  },
}
