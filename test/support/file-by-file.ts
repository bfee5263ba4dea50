import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

let running = process.argv[1] ?? ''

/** The path of the file whose tests run, also where its process runs several. */
export const fileUnderTest = (): string => running

/**
 * Runs test files one after the other in this process, which reads the server once for all of them. Each is a test of
 * that name around its own: its hooks are its own, and it is read when the one before has ended, its servers closed.
 */
export function runFileByFile(paths: readonly string[]): void {
  for (const path of paths)
    // Each test within is bounded by itself; this only bounds a file that never says which tests it has.
    test(path, { timeout: 1_200_000 }, async () => {
      running = path
      await import(pathToFileURL(path).href)
    })
}
