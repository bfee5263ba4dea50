import type { GitLimits } from './git-limits.ts'

/** git knows this object without storing it. */
export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

const leastAllocation = 1024 ** 3

/** What a caller may add to git's environment; nothing else gets through. */
export const callerVariables = [
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_COMMITTER_DATE',
  'GIT_INDEX_FILE',
] as const
export type CallerVariable = (typeof callerVariables)[number]

/**
 * The whole environment of every git we start, built from nothing: no variable, user, system or home configuration of
 * the host gets in. Command-scope configuration (`GIT_CONFIG_COUNT`) also stands above a repository's own `config`.
 */
export function closedEnvironment(folders: { home: string; hooks: string }, limits: GitLimits): Record<string, string> {
  const settings = configuration(folders, limits)
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: folders.home,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    // A pushed refs/replace/* would show another tree than the one that was signed.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    // Paths from people are paths, never `:(glob)` magic.
    GIT_LITERAL_PATHSPECS: '1',
    GIT_CEILING_DIRECTORIES: folders.home,
    GIT_DEFAULT_HASH: 'sha1',
    GIT_DEFAULT_REF_FORMAT: 'files',
    // A push of a few bytes can ask for any length at once (wrapper.c of git); a list of 10 million objects takes half of it.
    GIT_ALLOC_LIMIT: String(Math.max(Math.floor(limits.memoryBytes / 2), leastAllocation)),
    GIT_CONFIG_COUNT: String(settings.length),
  }
  for (const [index, [key, value]] of settings.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = key
    environment[`GIT_CONFIG_VALUE_${index}`] = value
  }
  return environment
}

function configuration(folders: { home: string; hooks: string }, limits: GitLimits): [key: string, value: string][] {
  return [
    ['safe.directory', '*'],
    ['core.hooksPath', folders.hooks],
    ['core.attributesFile', '/dev/null'],
    ['core.excludesFile', '/dev/null'],
    ['attr.tree', emptyTree],
    // A bare repository's HEAD:.mailmap is read by each log and blame, in time that grows with the square of its length.
    ['mailmap.blob', ''],
    ['init.templateDir', folders.home],
    ['protocol.allow', 'never'],
    // By default git never fsyncs loose objects and refs: a power cut would lose an acknowledged merge.
    ['core.fsync', 'all'],
    ['core.packedRefsTimeout', '5000'],
    ['core.filesRefLockTimeout', '1000'],
    // Quarantined objects have the repository as alternate; its refs are known already (`true` prints none).
    ['core.alternateRefsCommand', 'true'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['transfer.fsckObjects', 'true'],
    ['receive.autogc', 'false'],
    // Always one pack, kept by its `.keep` until the refs have moved: three fsyncs instead of one for each object.
    ['receive.unpackLimit', '1'],
    ['receive.maxInputSize', String(limits.pushBytes)],
    ['receive.advertiseAtomic', 'true'],
    ['receive.advertisePushOptions', 'true'],
    // Certificates of signed pushes are judged here, in process: no gpg or ssh-keygen runs over what somebody sends.
    ['gpg.program', 'false'],
    ['gpg.ssh.program', 'false'],
    ['gpg.x509.program', 'false'],
    ['receive.denyDeleteCurrent', 'refuse'],
    ['receive.updateServerInfo', 'false'],
    ['receive.hideRefs', 'refs/postern'],
    ['receive.hideRefs', 'refs/pull'],
    ['uploadpack.allowFilter', 'true'],
    // Of the ways to leave objects out, not the one by patterns of a file in the repository: they may take git for ever.
    ['uploadpackfilter.allow', 'false'],
    ...['blob:none', 'blob:limit', 'tree', 'object:type', 'combine'].map((filter): [string, string] => [
      `uploadpackfilter.${filter}.allow`,
      'true',
    ]),
    ['uploadpack.allowAnySHA1InWant', 'false'],
    ['uploadarchive.allowUnreachable', 'false'],
  ]
}

export type GitSetting = readonly [key: string, value: string]

// What one invocation may set for itself: where and how it speaks to another server, which refs the server moves itself,
// by what it knows again the nonces of signed pushes.
const settable =
  /^(http\.|protocol\.(https?|ssh)\.allow$|core\.sshCommand$|fetch\.|core\.fsync$|receive\.procReceiveRefs$|receive\.certNonce(Seed|Slop)$)/

/**
 * More configuration for one child, after that of `environment`. It travels in the environment of this child alone: no
 * argument that other processes can read, no file, no log.
 */
export function moreConfiguration(
  environment: Record<string, string>,
  settings: readonly GitSetting[] = [],
): Record<string, string> {
  if (settings.length === 0) return {}
  const first = Number(environment['GIT_CONFIG_COUNT'] ?? 0)
  const more: Record<string, string> = { GIT_CONFIG_COUNT: String(first + settings.length) }
  for (const [index, [key, value]] of settings.entries()) {
    if (!settable.test(key)) throw new TypeError(`${key} is not a caller's to set`)
    more[`GIT_CONFIG_KEY_${first + index}`] = key
    more[`GIT_CONFIG_VALUE_${first + index}`] = value
  }
  return more
}

/** `GIT_OBJECT_DIRECTORY` and its alternates, so that git sees the repository, if any, through `objectDirectory`. */
export function objectDirectoryEnvironment(
  folder: string | undefined,
  objectDirectory: string,
): Record<string, string> {
  if (folder === undefined) return { GIT_OBJECT_DIRECTORY: objectDirectory }
  // The list is separated by colons; a quoted entry may hold any byte.
  const quoted = `"${`${folder}/objects`.replaceAll(/["\\]/g, '\\$&')}"`
  return { GIT_OBJECT_DIRECTORY: objectDirectory, GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted }
}
