import type { UserTable } from '../../database/schema.ts'

/** Whether access has ended by its date, also where nothing has carried that out yet. */
export const isOver = ({ endsAt }: Pick<UserTable, 'endsAt'>, at: number): boolean => endsAt !== null && endsAt <= at
