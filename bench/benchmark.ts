/** What a benchmark is. Types only. */
import type { Seeds } from './seeds.ts'
import type { Stage } from './stage.ts'

export type Request = Readonly<{ method: 'GET' | 'POST'; path: string; body?: string }>

/** A list that is sent over and over, or what makes one more request where each may be sent only once. */
export type Requests = readonly Request[] | (() => Request)

/** The same requests for both: KeyPlan answers them, and the floor does the least that could be called an answer. */
export type Case = Readonly<{
  name: string
  requests: Requests
  /** The ratio to reach, KeyPlan's throughput to the floor's; undefined where none was set. */
  target?: number
}>

export type Benchmark = Readonly<{
  /** The word of the command line. */
  name: string
  /** What KeyPlan does in it, and what the floor. */
  about: string
  cases(stage: Stage, seeds: Seeds): Promise<readonly Case[]>
  /** What is worth knowing besides and needs no load. */
  facts?(stage: Stage, seeds: Seeds): Promise<readonly string[]>
}>
