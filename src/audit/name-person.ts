/** Whom an event tells of beside its actor. */
interface NamedPerson {
  username: string
  displayName: string
}

/** A part of a sentence, twice: as its leaf has it, and as it stands beside the leaf. */
export interface NamedIn<Field extends string> {
  facts: Record<Field, string>
  personal: Record<Field, string>
}

/**
 * A part of a sentence that names somebody: in the leaf by the username, which never changes, and beside the leaf, where
 * it can be erased, by what they are called.
 */
export const namePerson = <Field extends 'person' | 'how' | 'reason'>(
  field: Field,
  person: NamedPerson | undefined,
  words: (name: string) => string = (name) => name,
): NamedIn<Field> => ({
  facts: { [field]: words(person?.username ?? 'somebody') } as Record<Field, string>,
  personal: { [field]: words(person?.displayName ?? 'Somebody') } as Record<Field, string>,
})
