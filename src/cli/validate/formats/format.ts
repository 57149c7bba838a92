import type { Checked } from '../check.ts'
import type { Summary } from '../summary.ts'

/** How results are written: each as it comes, or all at the end. Each answers the text to print. */
export type Format = Readonly<{
  /** Of one resource, as soon as it is checked; empty where there is nothing to say yet. */
  result(checked: Checked): string
  end(summary: Summary): string
}>
