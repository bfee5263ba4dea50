const signers = '.git/allowed_signers'

/** Stock git on one object, in a clone: bring the signers along, then check. Git asks for a token where it always does. */
const linesOf = (check: string): string[] => [
  "git fetch origin 'refs/postern/*:refs/postern/*'",
  `git show refs/postern/signers:allowed_signers > ${signers}`,
  `git -c gpg.ssh.allowedSignersFile=${signers} ${check}`,
]

export const verifyLines = (oid: string): string[] => linesOf(`verify-commit ${oid}`)

/** A name may hold what a shell would read. */
export const verifyTagLines = (name: string): string[] => [
  `git fetch origin tag ${quoted(name)}`,
  ...linesOf(`verify-tag ${quoted(name)}`),
]

const quoted = (name: string): string => (/^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`)
