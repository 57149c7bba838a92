import type { Parameters, Patient } from 'fhir/r4.js'
import { identifierOf } from './people.ts'
import type { Scene } from './scene.ts'

/** Asks as an ambulance crew, by identifier, and holds the answer against what is expected. */
export const showEmergency = async (
  { display, crew }: Scene,
  patient: Patient,
  outcome: string,
  cpr?: string,
): Promise<void> => {
  const answer = await display.step('An ambulance crew asks for the emergency view', async () => {
    const { system, value } = identifierOf(patient)
    const body: Parameters = {
      resourceType: 'Parameters',
      parameter: [{ name: 'identifier', valueIdentifier: { system, value } }],
    }
    const parameters = await crew.ask<Parameters>('POST', 'Patient/$emergency-view', { body })
    const answered = codeOf(parameters, 'outcome')
    if (answered !== outcome) throw new Error(`the outcome is ${answered}, not ${outcome}.`)
    const shown = partOf(parameters, 'cpr', 'recommendation')
    if (cpr !== undefined && shown !== cpr) throw new Error(`CPR is shown as ${shown}, not ${cpr}.`)
    if (outcome !== 'current-plan' && shown !== undefined) throw new Error('a CPR recommendation is shown.')
    return parameters
  })
  display.lines(emergencyLines(answer))
}

/** The parts of the answer that a crew reads first, in its order: which parts of a parameter make its line. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  outcome: [],
  message: [],
  identity: ['name', 'birthDate', 'postcode'],
  cpr: ['display', 'condition', 'rationale', 'decidedOn', 'decidedBy'],
  'overall-focus': ['display'],
  refusal: ['display'],
  recommendation: ['display', 'condition'],
  'what-matters': ['display', 'words', 'absent'],
  contact: ['name', 'relationship', 'phone'],
  proxy: ['display', 'when'],
}

const emergencyLines = ({ parameter = [] }: Parameters): string[] =>
  parameter.flatMap(({ name, part, valueCode, valueString }) => {
    const shown = SHOWN[name]
    if (shown === undefined) return []
    const parts = shown.flatMap((wanted) => part?.find((one) => one.name === wanted) ?? [])
    const texts = parts.flatMap((one) => one.valueString ?? one.valueDate ?? one.valueDateTime ?? [])
    return [`${name.padEnd(15)} ${valueCode ?? valueString ?? texts.join(' · ')}`]
  })

const codeOf = ({ parameter }: Parameters, name: string): string | undefined =>
  parameter?.find((one) => one.name === name)?.valueCode

const partOf = ({ parameter }: Parameters, name: string, part: string): string | undefined =>
  parameter?.find((one) => one.name === name)?.part?.find((one) => one.name === part)?.valueCode
