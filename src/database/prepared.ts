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
  const known = new WeakMap<object, (values: Values) => CompiledQuery<Row>>()
  return async (handle, values) => {
    // Every handle is one of Kysely's, see `asHandle`.
    const kysely = handle as unknown as Kysely<Schema>
    const { adapter } = kysely.getExecutor()
    let fill = known.get(adapter)
    if (fill === undefined) {
      fill = compile((standIns) => build(handle, standIns), Object.keys(values))
      known.set(adapter, fill)
    }
    return (await kysely.executeQuery(fill(values))).rows
  }
}

/** Compiles with a symbol in each value's place. Returns what puts values there. */
function compile<Values extends object, Row>(
  build: (standIns: Values) => Compilable<Row>,
  names: readonly string[],
): (values: Values) => CompiledQuery<Row> {
  const standIns = new Map<unknown, keyof Values>(names.map((name) => [Symbol(name), name as keyof Values]))
  const query = build(Object.fromEntries([...standIns].map(([standIn, name]) => [name, standIn])) as Values).compile()
  const places = query.parameters.map((parameter) => standIns.get(parameter))
  return (values) => {
    const parameters = places.map((name, at) => {
      const value = name === undefined ? query.parameters[at] : values[name]
      if (value === undefined) throw new TypeError(`a prepared query was given no ${String(name)}`)
      return value
    })
    return { ...query, parameters }
  }
}
