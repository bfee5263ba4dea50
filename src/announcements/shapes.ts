import { type Static, Type } from 'typebox'
import { FreeText, Nullable, OneLine, PersonRef, Strength, Time } from '../http/shapes.ts'

const AskedStrength = Type.Union([Type.Literal('passkey'), Type.Literal('device-bound'), Type.Literal('attested')])

export const NewAnnouncement = Type.Object(
  {
    title: OneLine(120),
    body: FreeText(600),
    /** The least strength of a key that whoever is told should add; null: it only tells. */
    asksFor: Nullable(AskedStrength),
    dueAt: Nullable(Time),
  },
  { additionalProperties: false },
)
export type NewAnnouncement = Static<typeof NewAnnouncement>

/** As it stands before whoever is told. */
export const AnnouncementView = Type.Object({
  id: Type.String(),
  group: Type.String(),
  title: Type.String(),
  body: Type.String(),
  asksFor: Nullable(Strength),
  dueAt: Nullable(Time),
  by: PersonRef,
  createdAt: Time,
  endedAt: Nullable(Time),
  /** They have what it asks for. */
  isDone: Type.Boolean(),
})
export type AnnouncementView = Static<typeof AnnouncementView>

export const ReaderState = Type.Union([
  Type.Literal('done'), // has what is asked for, or, where nothing is, has seen it
  Type.Literal('told'), // seen, or the letter is sent
  Type.Literal('waiting'), // neither yet
  Type.Literal('stuck'), // no letter can reach them and they have not seen it, or the day is over
])

export const AnnouncementReader = Type.Object({
  person: PersonRef,
  state: ReaderState,
  /** Null: no mail is set up, or none could be sent. */
  letterSentAt: Nullable(Time),
  seenAt: Nullable(Time),
  /** When they got the key that is asked for. */
  enrolledAt: Nullable(Time),
})
export type AnnouncementReader = Static<typeof AnnouncementReader>

export const AnnouncementReport = Type.Object({
  announcement: AnnouncementView,
  readers: Type.Array(AnnouncementReader),
})
export type AnnouncementReport = Static<typeof AnnouncementReport>
