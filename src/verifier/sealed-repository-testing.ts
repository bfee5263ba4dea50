import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sshsigBlob } from '../protocols/sshsig/sshsig.ts'
import type { Tampering } from '../protocols/webauthn/software-client.ts'
import { type CommitTemplate, renderCommit, sealedCommit, trailersFor } from '../seals/format/commit.ts'
import { draftAct, draftCommit, draftMerge, draftProtect, draftTag } from '../seals/format/draft.ts'
import {
  type Protection,
  SEALS_REF,
  SIGNERS_REF,
  renderPushes,
  renderSealsTree,
  renderSignersTree,
  renderSshKeys,
} from '../seals/format/projection.ts'
import type { PushRecord } from '../seals/format/push-record.ts'
import type { Revocation } from '../seals/format/revocation.ts'
import { type SealRecord, renderSealRecord } from '../seals/format/seal-record.ts'
import { type SignerEntry, credentialDigest } from '../seals/format/signer-entry.ts'
import { SoftwareSigner } from '../seals/format/software-signer-testing.ts'
import type { SshKeyEnd, SshKeyEntry } from '../seals/format/ssh-key-entry.ts'
import { parseStatement, renderStatement, statementDigest, ZERO_OID } from '../seals/format/statement.ts'
import { renderTag, sealedTag, type TagTemplate, type TagTrailers, tagTrailersFor } from '../seals/format/tag.ts'
import { renderTime } from '../seals/format/time.ts'
import { LooseObjects } from './loose-objects-testing.ts'

export const MAIN = 'refs/heads/main'
export const REPOSITORY = { id: 'rep_payments', url: 'http://localhost:7400/acme/payments' }
export const STEP_MS = 60_000

export interface MergeOptions {
  action?: 'merge' | 'squash'
  /** The proposed commit and the tree after: a new commit where absent, and the head's tree, or a new one. */
  head?: string
  tree?: string
  pullRequest?: number
  subject?: string
  body?: string
  /** What the statement says, where it is not what the commit does. */
  claims?: { repositoryId?: string; targetRef?: string; tree?: string; base?: string; head?: string }
  template?: Partial<CommitTemplate>
  tampering?: Tampering
  /** Milliseconds; default one step after the last event. */
  at?: number
}

export interface EditOptions {
  targetRef?: string
  parent?: string
  /** Where the statement says that the branch stood. */
  base?: string
}

export interface TagOptions {
  commit?: string
  /** What the statement says, where it is not what the commit has. */
  tree?: string
  subject?: string
  body?: string
  template?: Partial<TagTemplate>
  trailers?: Partial<TagTrailers>
}

/**
 * A server's bare repository with sealed changes, made without a server: what a test says happened, happens, in the
 * order it says, one minute after another.
 */
export class SealedRepository implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'postern-sealed-'))
  readonly bare = join(this.folder, 'server.git')
  readonly ada: SoftwareSigner
  entries: SignerEntry[]
  readonly records: SealRecord[] = []
  readonly revocations: Revocation[] = []
  sshKeys: SshKeyEntry[] = []
  sshKeyEnds: SshKeyEnd[] = []
  pushes: PushRecord[] = []
  /** Records put where they do not belong, by path in refs/postern/seals. */
  readonly extraFiles = new Map<string, SealRecord>()
  protection: Protection
  now: number
  /** Where main is. */
  tip: string
  readonly #objects = new LooseObjects(this.bare)
  readonly #baselineTree: string
  readonly #projected = new Map<string, string>()
  #file = 0

  constructor(options: { start?: number; sealStart?: boolean } = {}) {
    this.now = options.start ?? Date.parse('2026-03-01T09:00:00Z')
    this.ada = SoftwareSigner.create({ username: 'ada', addedAt: renderTime(this.now), enrolledVia: 'setup' })
    this.entries = [this.ada.entry]
    execFileSync('git', ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', this.bare])
    this.#baselineTree = this.tree()
    const eve = `Eve <eve@example.com> ${(this.now += STEP_MS) / 1000} +0000`
    const baseline = this.write(commitBytes(this.#baselineTree, [], eve, 'Begin'))
    this.tip = this.moveTo(baseline)
    this.protection = {
      repositoryId: REPOSITORY.id,
      ref: MAIN,
      baseline,
      statementDigest: null,
      startedAt: renderTime(this.now),
    }
    if (options.sealStart ?? true) this.sealStart()
    this.publish()
  }

  get revokedKeys(): string {
    return this.git(['cat-file', 'blob', `${SIGNERS_REF}:revoked_keys`])
  }

  get allowedSigners(): string {
    return this.git(['cat-file', 'blob', `${SIGNERS_REF}:allowed_signers`])
  }

  git(args: string[]): string {
    return this.gitBytes(args).toString().trimEnd()
  }

  gitBytes(args: string[]): Buffer {
    const env = { PATH: process.env['PATH'], HOME: this.folder }
    return execFileSync('git', ['-C', this.bare, ...args], { env, stdio: 'pipe' })
  }

  /** An ordinary commit, with another file, that nobody has tapped for. */
  commit(parents: string[], subject: string, tree = this.tree()): string {
    const eve = `Eve <eve@example.com> ${(this.now += STEP_MS) / 1000} +0000`
    return this.write(commitBytes(tree, parents, eve, subject))
  }

  treeOf(files: Record<string, string>): string {
    return this.#objects.writeTree(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])))
  }

  tree(): string {
    return this.#objects.writeTree(new Map([[`file-${++this.#file}`, Buffer.from(`file ${this.#file}\n`)]]))
  }

  write(object: Buffer, type: 'commit' | 'tag' = 'commit'): string {
    return this.#objects.write(type, object)
  }

  /** Lets main be this commit, as a server could at any time. */
  moveTo(oid: string): string {
    this.#objects.setRef(MAIN, oid)
    this.tip = oid
    return oid
  }

  setRef(ref: string, oid: string): void {
    this.#objects.setRef(ref, oid)
  }

  /** A person admitted by the server's word alone. */
  admit(
    username: string,
    options: { algorithm?: -7 | -8 | -257; backupEligible?: boolean; origin?: string } = {},
  ): SoftwareSigner {
    const signer = SoftwareSigner.create({ username, addedAt: renderTime((this.now += STEP_MS)), ...options })
    this.entries.push(signer.entry)
    return signer
  }

  change(entry: SignerEntry, over: Partial<SignerEntry>): void {
    this.entries = this.entries.map((one) => (one.credentialId === entry.credentialId ? { ...one, ...over } : one))
  }

  /** A person says that their key may be in wrong hands: of it only stands what is there now, and these statements. */
  revoke({ entry }: SoftwareSigner, also: readonly SealRecord[] = []): Revocation {
    const at = renderTime((this.now += STEP_MS))
    this.change(entry, { ended: { at, seal: null } })
    const sealed = [...this.records, ...also].filter(({ credentialId }) => credentialId === entry.credentialId)
    const standing = sealed.map(({ statement }) => statementDigest(statement)).toSorted()
    const revocation = { credentialId: entry.credentialId, at, standing }
    this.revocations.push(revocation)
    return revocation
  }

  /** One person vouches, by a tap, for the key of another. */
  endorse(by: SoftwareSigner, { entry }: SoftwareSigner): void {
    const act = {
      method: 'POST',
      route: '/api/v1/people/:username/credentials/:id/endorse',
      parameters: { username: entry.username },
      bodyDigest: statementDigest(Buffer.from('{}')),
      title: `Vouch for a key of ${entry.username}`,
    }
    const subjects = [{ name: 'credential', digest: { sha256: credentialDigest(entry.publicKey) } }]
    const draft = draftAct(this.context(by, (this.now += STEP_MS)), { action: 'credential.endorse', act, subjects })
    this.change(entry, { endorsement: by.seal(draft) })
  }

  /** Merges or squashes a new head into main, by a tap. Returns the commit and its unsigned bytes. */
  merge(signer: SoftwareSigner, options: MergeOptions = {}): { oid: string; commit: Buffer; record: SealRecord } {
    const { action = 'merge', claims = {} } = options
    const base = this.tip
    const head = options.head ?? this.commit([base], 'Propose')
    // On top of main, merging a head gives the head's own tree.
    const tree = options.tree ?? (options.head ? this.git(['rev-parse', `${head}^{tree}`]) : this.tree())
    const issuedAt = options.at ?? (this.now += STEP_MS)
    const draft = draftMerge(this.context(signer, issuedAt), {
      action,
      repository: { ...REPOSITORY, id: claims.repositoryId ?? REPOSITORY.id },
      targetRef: claims.targetRef ?? MAIN,
      base: claims.base ?? base,
      head: claims.head ?? head,
      tree: claims.tree ?? tree,
      pullRequest: options.pullRequest ?? 7,
    })
    const ident = {
      name: signer.entry.displayName,
      email: signer.entry.principal,
      timestamp: issuedAt / 1000,
      offset: '+0000',
    }
    const template: CommitTemplate = {
      tree,
      parents: action === 'merge' ? [base, head] : [base],
      author: ident,
      committer: ident,
      subject: options.subject ?? 'Pay the right amount',
      body: options.body ?? '',
      ...options.template,
    }
    const statement = renderStatement(draft, signer.entry)
    const unsigned = renderCommit(template, trailersFor(parseStatement(statement), statementDigest(statement)))
    return this.seal(signer, statement, unsigned, options)
  }

  /** Writes a commit by a tap, for a branch of its own unless told; main stays where it is. */
  edit(
    signer: SoftwareSigner,
    { targetRef = 'refs/heads/ada-edit-1', parent = this.tip, base = ZERO_OID }: EditOptions = {},
  ): { oid: string; commit: Buffer; record: SealRecord } {
    const issuedAt = (this.now += STEP_MS)
    const tree = this.tree()
    const draft = draftCommit(this.context(signer, issuedAt), { repository: REPOSITORY, targetRef, tree, base, parent })
    const { displayName: name, principal: email } = signer.entry
    const ident = { name, email, timestamp: issuedAt / 1000, offset: '+0000' }
    const template = { tree, parents: [parent], author: ident, committer: ident, subject: 'Mend it', body: '' }
    const statement = renderStatement(draft, signer.entry)
    const unsigned = renderCommit(template, trailersFor(parseStatement(statement), statementDigest(statement)))
    const before = this.tip
    const made = this.seal(signer, statement, unsigned)
    this.moveTo(before)
    return made
  }

  /** Taps over these very bytes, and moves main to what comes of it. */
  seal(signer: SoftwareSigner, statement: Buffer, unsigned: Buffer, options: MergeOptions = {}) {
    const challenge = sshsigBlob('git', unsigned)
    const record = signer.sealBytes(statement, { namespace: 'git', challenge }, options.tampering)
    const commit = sealedCommit(unsigned, record.armored)
    const oid = this.write(commit)
    this.records.push(record)
    this.moveTo(oid)
    return { oid, commit, record }
  }

  /** Makes a tag of the tip by a tap. Returns it with its unsigned bytes. */
  tag(
    signer: SoftwareSigner,
    name: string,
    options: TagOptions = {},
  ): { oid: string; record: SealRecord; tag: Buffer } {
    const issuedAt = (this.now += STEP_MS)
    const commit = options.commit ?? this.tip
    const draft = draftTag(this.context(signer, issuedAt), {
      repository: REPOSITORY,
      targetRef: `refs/tags/${name}`,
      commit,
      tree: options.tree ?? this.git(['rev-parse', `${commit}^{tree}`]),
    })
    const { displayName, principal } = signer.entry
    const tagger = { name: displayName, email: principal, timestamp: issuedAt / 1000, offset: '+0000' }
    const statement = renderStatement(draft, signer.entry)
    const unsigned = renderTag(
      {
        object: commit,
        tagger,
        subject: options.subject ?? 'First release',
        body: options.body ?? '',
        ...options.template,
      },
      { ...tagTrailersFor(parseStatement(statement), statementDigest(statement)), ...options.trailers },
    )
    const record = signer.sealBytes(statement, { namespace: 'git', challenge: sshsigBlob('git', unsigned) })
    const tag = sealedTag(unsigned, record.armored)
    const oid = this.write(tag, 'tag')
    this.records.push(record)
    this.setRef(`refs/tags/${name}`, oid)
    return { oid, record, tag }
  }

  sealStart(over: { tree?: string } = {}): void {
    const { baseline } = this.protection
    const change = { repository: REPOSITORY, targetRef: MAIN, tree: this.#baselineTree, baseline, ...over }
    const record = this.ada.seal(draftProtect(this.context(this.ada, (this.now += STEP_MS)), change))
    this.records.push(record)
    this.protection = { ...this.protection, statementDigest: statementDigest(record.statement) }
  }

  /** Adds what happened to refs/postern/*, each as one commit on top of the last. */
  publish(): void {
    const signers = renderSignersTree(this.entries, this.revocations)
    this.#project(SIGNERS_REF, new Map([...signers, ...renderSshKeys(this.sshKeys, this.sshKeyEnds)]))
    const files = new Map([...renderSealsTree(this.records, [this.protection]), ...renderPushes(this.pushes)])
    for (const [path, record] of this.extraFiles) files.set(path, renderSealRecord(record))
    this.#project(SEALS_REF, files)
  }

  /** A full clone by stock git, without refs/postern/*. */
  clone(...options: string[]): string {
    const folder = mkdtempSync(join(this.folder, 'clone-'))
    const args = ['clone', '--quiet', '--template=', ...options, `file://${this.bare}`, folder]
    execFileSync('git', args, { env: { PATH: process.env['PATH'], HOME: this.folder } })
    return folder
  }

  pull(clone: string): void {
    const env = { PATH: process.env['PATH'], HOME: this.folder }
    execFileSync('git', ['-C', clone, 'pull', '--quiet', '--ff-only'], { env })
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** What every statement says; it may be answered for five minutes. */
  context(signer: SoftwareSigner, issuedAt: number) {
    const { userId, username } = signer.entry
    const policyDigest = `sha256:${'0'.repeat(64)}`
    return {
      signer: { userId, username },
      requestedBy: userId,
      policyDigest,
      issuedAt,
      notAfter: issuedAt + 5 * STEP_MS,
    }
  }

  #project(ref: string, files: ReadonlyMap<string, Buffer>): void {
    const last = this.#projected.get(ref)
    const server = `Postern <> ${this.now / 1000} +0000`
    const oid = this.write(commitBytes(this.#objects.writeTree(files), last ? [last] : [], server, 'Project'))
    this.#objects.setRef(ref, oid)
    this.#projected.set(ref, oid)
  }

  /** Forgets the projection's history, so that the next one begins anew. */
  rewrite(ref: string): void {
    this.#projected.delete(ref)
  }
}

function commitBytes(tree: string, parents: readonly string[], ident: string, subject: string): Buffer {
  const linked = parents.map((parent) => `parent ${parent}\n`).join('')
  return Buffer.from(`tree ${tree}\n${linked}author ${ident}\ncommitter ${ident}\n\n${subject}\n`)
}
