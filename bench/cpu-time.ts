import { readFileSync, readdirSync } from 'node:fs'

/** Linux counts process times in hundredths of a second, whatever the kernel's own tick. */
const millisecondsPerTick = 10

interface Process {
  parent: number
  ticks: number
}

function readProcess(pid: number): Process | undefined {
  try {
    // The name in parentheses may hold anything; what follows its last one is fields 3 and on of proc_pid_stat(5).
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number)
    const [, parent = 0] = fields
    const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15)
    return { parent, ticks: user + system + childrenUser + childrenSystem }
  } catch {
    return undefined // ended meanwhile
  }
}

/** Process ids of a process and everything below it that runs now. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    const found = Number.isInteger(pid) ? readProcess(pid) : undefined
    if (found !== undefined) parents.set(pid, found.parent)
  }
  const tree = [root]
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child)
  return tree
}

/** User and system time of a process tree so far, children that were waited for included, in milliseconds. */
export function treeCpuMs(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + (readProcess(pid)?.ticks ?? 0), 0) * millisecondsPerTick
}

/** Memory of a process tree, each shared page counted once among those who share it (PSS), in megabytes. */
export function treePssMb(root: number): number {
  const kilobytes = processTree(root).map((pid) =>
    Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0),
  )
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024
}

/** CPU time of this process that `work` takes, in milliseconds. */
export function ownCpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** CPU time of the processes that `work` starts and waits for, in milliseconds. */
export function childrenCpuMs(work: () => void): number {
  const spent = (): number => {
    const [user = 0, system = 0] = readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
      .slice(13, 15)
      .map(Number)
    return (user + system) * millisecondsPerTick
  }
  const before = spent()
  work()
  return spent() - before
}
