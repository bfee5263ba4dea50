/** The tables that `bus/` writes. */
export interface BusTables {
  busHead: BusHeadTable
  busMessage: BusMessageTable
  busConfirmation: BusConfirmationTable
  node: NodeTable
}

/** One row, `id` always 1: the number of the newest message. Moving it makes those who publish wait for each other. */
export interface BusHeadTable {
  id: number
  seq: number
}

/** What every node must hear of. */
export interface BusMessageTable {
  seq: number
  topic: string
  about: string
  at: number
}

/** A node has carried a message out. */
export interface BusConfirmationTable {
  seq: number
  nodeId: string
  at: number
  /** How many connections that cut there. */
  cut: number
}

/** A running server on this database. */
export interface NodeTable {
  id: string
  startedAt: number
  /** Written every few seconds; a node that no longer does is taken for stopped. */
  seenAt: number
  /** Everything up to this message was carried out there. */
  ackedSeq: number
  /** When it last carried one out, and how many connections that cut. */
  ackedAt: number
}
