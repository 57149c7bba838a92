import type { OperationOutcome, Parameters } from 'fhir/r4.js'

const ELSEWHERE = 'Ask the GP practice, ask those with the person, or look for a paper copy.'

const answer = (outcome: string, now: Date, message: string): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'outcome', valueCode: outcome },
    { name: 'asOf', valueInstant: now.toISOString() },
    { name: 'message', valueString: message },
  ],
})

/** Nobody is registered with this number, or with this name, birth date and postcode: never to be read as "no plan". */
export const notFound = (by: 'identifier' | 'demographics', now: Date): Parameters =>
  answer(
    'not-found',
    now,
    by === 'identifier'
      ? `No person with this identifier is registered here. This does not mean that there is no plan: check the identifier. ${ELSEWHERE}`
      : 'No person with this name, birth date and postcode is registered here. This does not mean that there is no plan: check all three, ' +
          `leave out middle names, and ask by CHI, NHS or H&C number if you can. ${ELSEWHERE}`,
  )

/** Name, birth date and postcode fit several: never a guess, and nothing about any of them. */
export const ambiguous = (now: Date): Parameters =>
  answer(
    'ambiguous',
    now,
    `More than one person could be meant, so nothing is shown about any of them. Ask again with a CHI, NHS or H&C number. ${ELSEWHERE}`,
  )

/** The question cannot be answered now, for the reason in `issue`. */
export const unavailable = (now: Date, issue: OperationOutcome): Parameters => {
  const { parameter = [], ...said } = answer(
    'unavailable',
    now,
    `KeyPlan cannot answer now. There may be a plan: infer nothing from this. Ask again in a moment. ${ELSEWHERE}`,
  )
  return { ...said, parameter: [...parameter, { name: 'issue', resource: issue }] }
}
