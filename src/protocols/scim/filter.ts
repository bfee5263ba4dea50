import type { AttributePath } from './attribute-path.ts'

export type CompareOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'lt' | 'ge' | 'le'

/** A filter of RFC 7644 §3.4.2.2 whose names the schema knows and whose values have their attribute's type. */
export type Filter =
  | { op: 'and' | 'or'; filters: Filter[] }
  | { op: 'not'; filter: Filter }
  | { op: 'pr'; path: AttributePath }
  | { op: CompareOperator; path: AttributePath; value: string | number | boolean | null }
  /** Some value of the attribute matches; paths within are of its sub-attributes. */
  | { op: 'some'; path: AttributePath; filter: Filter }
