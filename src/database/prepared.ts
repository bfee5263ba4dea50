import type { Compilable, CompiledQuery, Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/**
 * A query compiled at its first use, for the few places where building and compiling one costs more than running it.
 * `build` may only hand `values` on to the query: it is called once, with stand-ins for them.
 */
export function prepared<Handle extends object, Values extends object, Row>(
  build: (handle: Handle, values: Values) => Compilable<Row>,
): (handle: Handle, values: Values) => Promise<Row[]> {
  // The two kinds of store write the same query differently, so each open database has its own.
  const known = new WeakMap<object, Prepared<Values, Row>>()
  return async (handle, values) => {
    // Every handle is one of Kysely's, see `asHandle`.
    const kysely = handle as unknown as Kysely<Schema>
    const { adapter } = kysely.getExecutor()
    let own = known.get(adapter)
    if (own === undefined) {
      own = compile((standIns) => build(handle, standIns), Object.keys(values))
      known.set(adapter, own)
    }
    const parameters = own.parametersOf(values)
    const answer = answering.get(handle)
    if (answer !== undefined) return answer(own.query.sql, parameters) as Row[]
    const query: CompiledQuery<Row> = { ...own.query, parameters }
    return (await kysely.executeQuery(query)).rows
  }
}

type Answer = (sql: string, parameters: readonly unknown[]) => unknown[]

const answering = new WeakMap<object, Answer>()

/** For a store that has the rows at once: from now on, `answer` runs what is prepared on this handle. */
export const answerAtOnce = (handle: object, answer: Answer): void => void answering.set(handle, answer)

/** No more: a transaction is over. */
export const answerNoMore = (handle: object): void => void answering.delete(handle)

const statementNames = new Map<string, string>()

/**
 * Under which a store may keep the plan of a prepared query. One that takes whatever columns there are has none: another
 * node's migration would leave it with a plan for other columns.
 */
export const nameOfPrepared = (sql: string): string | undefined => statementNames.get(sql)

interface Prepared<Values, Row> {
  query: CompiledQuery<Row>
  parametersOf(values: Values): unknown[]
}

/** Compiles with a symbol in each value's place. */
function compile<Values extends object, Row>(
  build: (standIns: Values) => Compilable<Row>,
  names: readonly string[],
): Prepared<Values, Row> {
  const standIns = new Map<unknown, keyof Values>(names.map((name) => [Symbol(name), name as keyof Values]))
  const query = build(Object.fromEntries([...standIns].map(([standIn, name]) => [name, standIn])) as Values).compile()
  if (!query.sql.includes('*') && !statementNames.has(query.sql))
    statementNames.set(query.sql, `prepared_${statementNames.size}`)
  const places = query.parameters.map((parameter) => standIns.get(parameter))
  return {
    query,
    parametersOf: (values) =>
      places.map((name, at) => {
        const value = name === undefined ? query.parameters[at] : values[name]
        if (value === undefined) throw new TypeError(`a prepared query was given no ${String(name)}`)
        return value
      }),
  }
}
