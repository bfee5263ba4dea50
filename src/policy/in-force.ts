import type { CompiledPolicy } from './compile.ts'

/** The policy that holds now. Asked at every decision, so it answers from memory. */
export interface PolicyInForce {
  /** @throws where it is not certain any more what holds */
  current(): CompiledPolicy
}
