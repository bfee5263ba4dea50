import type { VerifiedSeal } from './verify-seal.ts'

/** SLSA's source track: 1 says nothing, 3 is proven by one person, 4 by two before it landed. */
export type Level = 1 | 3 | 4
export type ProvenLevel = Exclude<Level, 1>

export type Deed = 'merged' | 'pushed' | 'approved'

export interface Agreed {
  seal: VerifiedSeal
  did: Deed
}

/**
 * Who agreed, each person once: whoever moved the branch first, then the approvals in their order. Two seals are of one
 * person where user id, username or key is the same, also by way of a third: a list of signers that gives one person
 * two ids, or one key two names, makes nobody two people.
 */
export function countPeople(landed: Agreed, approvals: readonly VerifiedSeal[]): Agreed[] {
  let people: Agreed[][] = [[landed]]
  for (const seal of approvals) {
    const [same, others] = [true, false].map((wanted) =>
      people.filter((person) => person.some((one) => isSamePerson(one.seal, seal)) === wanted),
    ) as [Agreed[][], Agreed[][]]
    const person = [...same.flat(), { seal, did: 'approved' as const }]
    people = [...others, person]
  }
  const order = [landed.seal, ...approvals]
  return people.map((person) => person[0] as Agreed).toSorted((a, b) => order.indexOf(a.seal) - order.indexOf(b.seal))
}

export function isSamePerson({ entry: a }: VerifiedSeal, { entry: b }: VerifiedSeal): boolean {
  return a.userId === b.userId || a.username === b.username || a.publicKey.equals(b.publicKey)
}

/** Two who agreed make level 4 only where what landed is what they agreed to. */
export const levelOf = (people: readonly unknown[], isAsApproved: boolean): ProvenLevel =>
  people.length >= 2 && isAsApproved ? 4 : 3
