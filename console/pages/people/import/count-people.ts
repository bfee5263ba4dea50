/** "One person", "12 people"; in the middle of a sentence the number comes first anyway. */
export const people = (many: number): string => (many === 1 ? 'One person' : `${many} people`)
