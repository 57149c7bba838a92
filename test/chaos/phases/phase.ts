import type { Figure } from '../figures.ts'
import type { Authors } from '../load/author.ts'
import type { Options } from '../options.ts'
import type { Random } from '../random.ts'
import type { Stage } from '../stage/stage.ts'

/** What a phase of a run works with. */
export type Run = Readonly<{
  stage: Stage
  authors: Authors
  options: Options
  random: Random
  /** Shows how far the phase is: a text, and the part that is done. */
  show(text: string, done: number): void
  /** A line that stays. */
  line(text: string): void
}>

/** A part of a run that breaks something in its own way and measures. Answers figures, and what is worth knowing beside them. */
export type Phase = (run: Run) => Promise<Readonly<{ figures: readonly Figure[]; notes: readonly string[] }>>
