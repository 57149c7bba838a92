/** The score of a group of a MeasureReport, by how its Measure is scored (http://hl7.org/fhir/R4/valueset-measure-scoring.html). */
import type { Measure, MeasureReport, Quantity } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../children.ts'
import { type Finding, shownValue } from '../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../spot.ts'

const SCORING = 'http://terminology.hl7.org/CodeSystem/measure-scoring'
const SCORED = ['proportion', 'ratio', 'continuous-variable'] as const

const scoringOf = ({ scoring }: Measure): string | undefined =>
  scoring?.coding?.find(({ system }) => system === SCORING)?.code

const report = (at: Spot, text: string, more: Partial<Finding>, run: Run): void =>
  run.report(findingAt(at, 'measure-score', 'business-rule', text, more))

/** A part of a whole is between 0 and 1, and of no unit. */
const checkProportion = (score: Spot, { value }: Quantity, run: Run): void => {
  for (const name of ['unit', 'system', 'code'])
    for (const at of childrenNamed(score, name))
      report(
        at,
        'A proportion is a number without a unit.',
        { value: shownValue(at.value), expected: `no ${name}`, hint: 'Leave the unit out.' },
        run,
      )
  if (value !== undefined && (value < 0 || value > 1))
    report(
      childOrSelf(score, 'value'),
      'A proportion is between 0 and 1.',
      { value: String(value), expected: '0 to 1', hint: 'Divide the numerator by the denominator.' },
      run,
    )
}

/** A score is there where the measure has one, once the report is complete, and not where it has none. */
export const checkScore = (group: Spot, measure: Measure, { status }: MeasureReport, run: Run): void => {
  const [score] = childrenNamed(group, 'measureScore')
  const scoring = scoringOf(measure)
  if (scoring === 'cohort') {
    if (score !== undefined)
      report(
        score,
        'A cohort is counted, and has no score.',
        { expected: 'no measureScore', hint: 'Leave the score out.' },
        run,
      )
    return
  }
  if (!SCORED.some((one) => one === scoring)) return
  if (score === undefined) {
    if (status === 'complete')
      report(
        group,
        `The measure is scored as a ${scoring}, and the report has no score.`,
        { expected: 'measureScore', hint: 'Add the score.' },
        run,
      )
    return
  }
  const said = score.value as Quantity
  // A score may be of another type than a number, in an extension.
  if (said.value === undefined && said.extension === undefined)
    report(
      score,
      `The score of a ${scoring} has a value.`,
      { expected: 'measureScore.value', hint: 'Add the value.' },
      run,
    )
  if (scoring === 'proportion') checkProportion(score, said, run)
}
