import { type Static, Type } from 'typebox'
import { Nullable } from '../../http/shapes.ts'

/** How much one commit made in a browser may bring. */
export const mostChanges = 100
export const mostBytes = 10 * 1024 ** 2

const Path = Type.String({ minLength: 1, maxLength: 4096 })

export const FileChange = Type.Object(
  {
    /** `add` only where nothing is yet, `write` in any case; what is there keeps its mode. */
    action: Type.Union([
      Type.Literal('add'),
      Type.Literal('write'),
      Type.Literal('remove'),
      // May bring new content too.
      Type.Literal('rename'),
    ]),
    path: Path,
    /** Of `rename`: the new path. */
    to: Type.Optional(Path),
    content: Type.Optional(Type.String()),
    encoding: Type.Optional(Type.Union([Type.Literal('utf-8'), Type.Literal('base64')])),
  },
  { additionalProperties: false },
)
export type FileChange = Static<typeof FileChange>

export const NewCommit = Type.Object(
  {
    /** Where it goes, or where `newBranch` starts. */
    branch: Type.String({ minLength: 1, maxLength: 300 }),
    /** The commit of that branch which was looked at; refused where the branch has moved since. */
    expectedHead: Type.String({ pattern: '^[0-9a-f]{40}$', description: 'must be a whole commit id' }),
    newBranch: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    /** Whether `newBranch` is proposed into `branch` at once. */
    pullRequest: Type.Optional(Type.Boolean()),
    /** A title, and a body after an empty line. */
    message: Type.String({ maxLength: 20_000 }),
    changes: Type.Array(FileChange, { minItems: 1, maxItems: mostChanges }),
    /** Whether the person who sends it signs the commit by a tap; no program can. */
    sign: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type NewCommit = Static<typeof NewCommit>

export const MadeCommit = Type.Object({
  oid: Type.String(),
  branch: Type.String(),
  /** Its number, where one was asked for. */
  pullRequest: Nullable(Type.Integer()),
})
export type MadeCommit = Static<typeof MadeCommit>

const Why = Type.Object({ title: Type.String(), help: Type.String() })
export type Why = Static<typeof Why>

/** What a page needs to know before somebody begins to edit. */
export const EditStart = Type.Object({
  branch: Type.String(),
  head: Type.String(),
  /** Why this caller may not commit to the branch itself; null where they may. */
  refusal: Nullable(Why),
  /** Why a commit from here must be signed by a tap, where it goes to this branch in the end; null where nobody asks. */
  mustSign: Nullable(Type.String()),
  /** A name that is free. */
  suggestedBranch: Type.String(),
  /** Null where no path was named. */
  file: Nullable(
    Type.Object({
      path: Type.String(),
      text: Nullable(Type.String()),
      /** Why it cannot be edited as text here. */
      refusal: Nullable(Why),
    }),
  ),
})
export type EditStart = Static<typeof EditStart>
