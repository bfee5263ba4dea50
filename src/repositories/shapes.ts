import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Time } from '../http/shapes.ts'
import { Proof } from '../seals/shapes.ts'
import { CommitSignature, SignedPushView } from './commit-signatures/shapes.ts'

export const Visibility = Type.Union([Type.Literal('private'), Type.Literal('internal'), Type.Literal('public')])
export const RepositoryRole = Type.Union([Type.Literal('admin'), Type.Literal('write'), Type.Literal('read')])

export const TakesFormerName = Type.Optional(
  Type.Boolean({ description: 'Let a former address that still leads elsewhere lead here from now on' }),
)

export const ProjectView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  isDemo: Type.Boolean(),
  createdAt: Time,
  repositoryCount: Type.Integer(),
  /** The caller's role in the whole project; null where they only reach single repositories. */
  myRole: Nullable(RepositoryRole),
})
export type ProjectView = Static<typeof ProjectView>

export const RepositorySummary = Type.Object({
  id: Type.String(),
  project: Type.String(),
  name: Type.String(),
  /** `project/name` */
  path: Type.String(),
  description: Type.String(),
  visibility: Visibility,
  isDemo: Type.Boolean(),
  pushedAt: Nullable(Time),
  createdAt: Time,
})
export type RepositorySummary = Static<typeof RepositorySummary>

export const ProtectedBranchView = Type.Object({
  branch: Type.String(),
  ref: Type.String(),
  baselineOid: Type.String(),
  /** Null until somebody seals the start with a tap. */
  sealedBy: Nullable(PersonRef),
  sealedAt: Nullable(Time),
  stockVerifiableOnly: Type.Boolean(),
})
export type ProtectedBranchView = Static<typeof ProtectedBranchView>

export const RepositoryView = Type.Intersect([
  RepositorySummary,
  Type.Object({
    defaultBranch: Type.String(),
    isEmpty: Type.Boolean(),
    /** The whole URL for `git clone`. */
    cloneUrl: Type.String(),
    allowedSignersUrl: Type.String(),
    myRole: RepositoryRole,
    openPullRequests: Type.Integer(),
    branchCount: Type.Integer(),
    tagCount: Type.Integer(),
    protectedBranches: Type.Array(ProtectedBranchView),
  }),
])
export type RepositoryView = Static<typeof RepositoryView>

export const MemberView = Type.Object({
  kind: Type.Union([Type.Literal('user'), Type.Literal('group')]),
  /** Username or group name. */
  name: Type.String(),
  displayName: Type.String(),
  role: RepositoryRole,
  /** Where the role was given: here, or in the project above. */
  from: Type.Union([Type.Literal('repository'), Type.Literal('project')]),
})
export type MemberView = Static<typeof MemberView>

/** How many checks said what about a commit, by the newest word of each; `failure` counts those that broke too. */
export const CheckCounts = Type.Object({ success: Type.Integer(), pending: Type.Integer(), failure: Type.Integer() })
export type CheckCounts = Static<typeof CheckCounts>

export const CommitView = Type.Object({
  oid: Type.String(),
  parents: Type.Array(Type.String()),
  /** First line of the message. */
  subject: Type.String(),
  body: Type.String(),
  authorName: Type.String(),
  authorEmail: Type.String(),
  authoredAt: Time,
  committerName: Type.String(),
  committedAt: Time,
  proof: Nullable(Proof),
  /** The signature that its maker put into it; null where there is none, and where the proof stands for it. */
  signature: Nullable(CommitSignature),
  /** Null where no ref came to stand here by a signed push. */
  signedPush: Nullable(SignedPushView),
  /** Null where no check said anything. */
  checks: Nullable(CheckCounts),
})
export type CommitView = Static<typeof CommitView>

export const BranchView = Type.Object({
  name: Type.String(),
  tip: CommitView,
  isDefault: Type.Boolean(),
  isProtected: Type.Boolean(),
  openPullRequest: Nullable(Type.Integer()),
  /** The one that merged all of it; null where something was pushed since, or nothing was merged. */
  mergedPullRequest: Nullable(Type.Integer()),
})
export type BranchView = Static<typeof BranchView>

export const TagView = Type.Object({
  name: Type.String(),
  tip: CommitView,
  message: Nullable(Type.String()),
  /** The tag's own, not its commit's. */
  signature: Nullable(CommitSignature),
  /** Of the tap that made it; null where git brought it. */
  proof: Nullable(Proof),
})
export type TagView = Static<typeof TagView>

const Version = Type.Object({
  /** As it was asked for. */
  name: Type.String(),
  oid: Type.String(),
})

/** What `to` holds that `from` does not. */
export const ComparisonView = Type.Object({
  from: Version,
  to: Version,
  /** The last commit that both hold; null where they share no history. */
  base: Nullable(Type.String()),
  /** Commits on the first-parent line, 500 at most; whether that is all of them; how many somebody tapped for. */
  changes: Type.Integer(),
  isComplete: Type.Boolean(),
  proven: Type.Integer(),
  /** Commits of `from` that `to` does not hold, 1000 at most. */
  missing: Type.Integer(),
})
export type ComparisonView = Static<typeof ComparisonView>

export const TreeEntry = Type.Object({
  name: Type.String(),
  path: Type.String(),
  kind: Type.Union([
    Type.Literal('directory'),
    Type.Literal('file'),
    Type.Literal('executable'),
    Type.Literal('symlink'),
    Type.Literal('submodule'),
  ]),
  oid: Type.String(),
  /** Bytes; null for anything but files. */
  size: Nullable(Type.Integer()),
})
export type TreeEntry = Static<typeof TreeEntry>

/** `ref` may be a branch, a tag or a commit; `oid` is the commit it meant when read. */
export const TreeView = Type.Object({
  ref: Type.String(),
  oid: Type.String(),
  path: Type.String(),
  entries: Type.Array(TreeEntry),
  /** More entries than are listed (at most 2,000). */
  isTruncated: Type.Boolean(),
  /** Text of the README in this directory, and its name. */
  readme: Nullable(Type.Object({ name: Type.String(), text: Type.String() })),
  lastCommit: CommitView,
})
export type TreeView = Static<typeof TreeView>

/** A commit in a list of many; its words are cut where they are long. */
export const BriefCommit = Type.Object({
  oid: Type.String(),
  /** First line of the message. */
  subject: Type.String(),
  authorName: Type.String(),
  committedAt: Time,
})
export type BriefCommit = Static<typeof BriefCommit>

/** The last commit of one entry. */
export const EntryCommit = Type.Object({
  /** Of the entry, as the list of the directory has it. */
  path: Type.String(),
  ...BriefCommit.properties,
})
export type EntryCommit = Static<typeof EntryCommit>

/** Of each entry of a directory the last commit that changed it, as far as it was found. */
export const TreeCommits = Type.Object({
  oid: Type.String(),
  path: Type.String(),
  items: Type.Array(EntryCommit),
  /** False where the history is too long to be looked through: what was not found by then is not among `items`. */
  isComplete: Type.Boolean(),
})
export type TreeCommits = Static<typeof TreeCommits>

export const FoundPaths = Type.Object({
  ref: Type.String(),
  oid: Type.String(),
  /** Paths of files, the best first. */
  items: Type.Array(Type.String()),
  /** How many there are, those among `items` included. */
  total: Type.Integer(),
  /** False where there are more files than can be looked through here. */
  isComplete: Type.Boolean(),
})
export type FoundPaths = Static<typeof FoundPaths>

export const FileWithLines = Type.Object({
  path: Type.String(),
  /** The first of them, counted from 1; of long ones an excerpt. Invalid UTF-8 is shown by U+FFFD. */
  lines: Type.Array(Type.Object({ number: Type.Integer(), text: Type.String() })),
  hasMore: Type.Boolean(),
})
export type FileWithLines = Static<typeof FileWithLines>

export const FoundLines = Type.Object({
  ref: Type.String(),
  oid: Type.String(),
  items: Type.Array(FileWithLines),
  /** False where more files have such lines, or looking took too long. */
  isComplete: Type.Boolean(),
})
export type FoundLines = Static<typeof FoundLines>

export const FileView = Type.Object({
  ref: Type.String(),
  oid: Type.String(),
  path: Type.String(),
  size: Type.Integer(),
  kind: Type.Union([Type.Literal('text'), Type.Literal('binary'), Type.Literal('too-large'), Type.Literal('symlink')]),
  /** Null unless `kind` is text or symlink. Invalid UTF-8 is shown by U+FFFD. */
  text: Nullable(Type.String()),
  /** Where git has a pointer and Git LFS keeps the file: its SHA-256, its bytes, and whether they are here. */
  lfs: Nullable(Type.Object({ oid: Type.String(), size: Type.Integer(), isHere: Type.Boolean() })),
  lastCommit: CommitView,
})
export type FileView = Static<typeof FileView>

export const BlameRange = Type.Object({
  /** The first of these lines, counted from 1, and how many they are. */
  from: Type.Integer(),
  lines: Type.Integer(),
  /** The commit that wrote them. */
  oid: Type.String(),
})
export type BlameRange = Static<typeof BlameRange>

/** A commit that wrote lines. */
export const BlameCommit = Type.Object({
  ...BriefCommit.properties,
  /** The one of `changes` that brought it in; null where the history is too long to be looked through. */
  changeOid: Nullable(Type.String()),
})
export type BlameCommit = Static<typeof BlameCommit>

/** How commits came onto the first-parent line of a revision. */
export const BlameChange = Type.Object({
  /** The commit of that line which brought them in: a merge, a squash, the tip of a push, or one of them itself. */
  oid: Type.String(),
  /** The one that was merged by it. */
  pullRequest: Nullable(Type.Integer()),
  proof: Nullable(Proof),
})
export type BlameChange = Static<typeof BlameChange>

/** Who wrote each line of a file, and how it came in; the text itself is `FileView`'s. */
export const BlameView = Type.Object({
  ref: Type.String(),
  oid: Type.String(),
  path: Type.String(),
  /** From the first line on, without those that were not found in time. */
  ranges: Type.Array(BlameRange),
  commits: Type.Array(BlameCommit),
  changes: Type.Array(BlameChange),
  /** False where looking took too long: ranges or changes are missing then. */
  isComplete: Type.Boolean(),
})
export type BlameView = Static<typeof BlameView>

export const DiffFile = Type.Object({
  /** Stable within one diff, for links and for asking for one file's patch. */
  index: Type.Integer(),
  oldPath: Nullable(Type.String()),
  newPath: Nullable(Type.String()),
  status: Type.Union([
    Type.Literal('added'),
    Type.Literal('deleted'),
    Type.Literal('modified'),
    Type.Literal('renamed'),
    Type.Literal('copied'),
    Type.Literal('type-changed'),
  ]),
  oldMode: Type.String(),
  newMode: Type.String(),
  isBinary: Type.Boolean(),
  additions: Type.Integer(),
  deletions: Type.Integer(),
})
export type DiffFile = Static<typeof DiffFile>

export const FilePatch = Type.Object({
  file: DiffFile,
  /** Unified diff of this one file; null where it is binary or too large to show. */
  patch: Nullable(Type.String()),
  reason: Nullable(Type.Union([Type.Literal('binary'), Type.Literal('too-large')])),
  /** Bidirectional or invisible characters appear in added lines; the console shows them. */
  hasHiddenCharacters: Type.Boolean(),
})
export type FilePatch = Static<typeof FilePatch>

/** What changed between two trees: the list first, patches file by file. */
export const DiffSummary = Type.Object({
  /** Tree or commit oids that were compared. */
  from: Type.String(),
  to: Type.String(),
  files: Type.Array(DiffFile),
  fileCount: Type.Integer(),
  additions: Type.Integer(),
  deletions: Type.Integer(),
  /** More files than are listed (at most 3,000). */
  isTruncated: Type.Boolean(),
  /** Of the first files, where the change is small enough to come at once; the others are asked for one by one. */
  patches: Type.Array(FilePatch),
})
export type DiffSummary = Static<typeof DiffSummary>
