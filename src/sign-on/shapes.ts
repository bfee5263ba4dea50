import { type Static, Type } from 'typebox'
import { Nullable, Strength, Time } from '../http/shapes.ts'
import { Scope } from './scopes.ts'

/** What somebody is asked before a program is let in. */
export const AskedView = Type.Object({
  program: Type.String(),
  scopes: Type.Array(Scope),
  /** What an application learns that a device is to be signed on to; nothing of a program, which acts instead. */
  learns: Type.Array(Type.String()),
  via: Type.Union([Type.Literal('browser'), Type.Literal('device')]),
  /** The address that the program asks from. */
  askedFrom: Type.String(),
  /** What it calls itself there: any program can say anything. In a browser, the browser that it opened. */
  userAgent: Type.String(),
  /** The same address as the page is looked at from. */
  isFromHere: Type.Boolean(),
  askedAt: Time,
  /** Until when the question can be answered. */
  expiresAt: Time,
  /** Host and port that the browser goes back to; null where a device waits. */
  goesBackTo: Nullable(Type.String()),
  /** How many days it stays let in at most. */
  lifetimeDays: Type.Integer(),
})
export type AskedView = Static<typeof AskedView>

const repositoryIds = Nullable(Type.Array(Type.String(), { minItems: 1, maxItems: 100, uniqueItems: true }))

export const LetIn = Type.Object({ repositoryIds }, { additionalProperties: false })
export type LetIn = Static<typeof LetIn>

const userCode = Type.String({ minLength: 1, maxLength: 40 })

export const TypedCode = Type.Object({ userCode }, { additionalProperties: false })
export const LetDeviceIn = Type.Object({ userCode, repositoryIds }, { additionalProperties: false })
export type LetDeviceIn = Static<typeof LetDeviceIn>

/** Where the browser goes next. */
export const Onward = Type.Object({ returnTo: Type.String() })

export const ProgramView = Type.Object({
  id: Type.String(),
  program: Type.String(),
  /** A tool that its person is signed on to in one of their sessions; it may do nothing here. */
  isApplication: Type.Boolean(),
  scopes: Type.Array(Scope),
  /** Null: every repository its person reaches. */
  repositories: Nullable(Type.Array(Type.Object({ id: Type.String(), path: Type.String() }))),
  via: Type.Union([Type.Literal('browser'), Type.Literal('device')]),
  askedFrom: Type.String(),
  /** Of the tap that let it in. */
  strength: Strength,
  createdAt: Time,
  expiresAt: Time,
  lastUsedAt: Nullable(Time),
  lastUsedFrom: Nullable(Type.String()),
})
export type ProgramView = Static<typeof ProgramView>
