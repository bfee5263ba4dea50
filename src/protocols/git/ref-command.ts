/** One reference that a push moves: `zeroOid` stands for one that is not there before, or after. */
export type RefCommand = { ref: string; oldOid: string; newOid: string }

export const zeroOid = '0'.repeat(40)
