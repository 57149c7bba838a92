import { parseScope } from '../../access/scopes.ts'
import type { Person } from '../../auth/people/person.ts'

/** What people call their work. */
export const ROLE_WORDS: Readonly<Record<Person['role'], string>> = {
  'gp-practice': 'General practice',
  ambulance: 'Ambulance crew',
  'ambulance-control': 'Ambulance control',
  'out-of-hours': 'Out-of-hours clinician',
  hospital: 'Hospital clinician',
  hospice: 'Hospice',
  'community-nurse': 'Community nurse',
  'care-home': 'Care home',
  'social-care': 'Social care',
  'community-pharmacy': 'Community pharmacy',
  coordinator: 'Coordinator',
  auditor: 'Auditor',
  'privacy-officer': 'Privacy officer',
  patient: 'Patient',
  proxy: 'Speaks for somebody',
}

const LETTER_WORDS: Readonly<Record<string, string>> = {
  c: 'create',
  r: 'read',
  u: 'change',
  d: 'delete',
  s: 'search',
}

const CONTEXT_WORDS: Readonly<Record<string, string>> = {
  openid: 'Know that it is you',
  fhirUser: 'Know your name as KeyPlan has it, and what stands for you in the records',
  launch: 'Know which person you opened it for',
  'launch/patient': 'Know which person you choose',
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/**
 * What a scope lets an app do, e.g. "Read, search: CarePlan, of this person alone, and only where status=active". Parameters stand as the app wrote
 * them, in ASCII: so nothing in them can look like words of ours.
 */
export const scopeWords = (text: string): string => {
  const said = CONTEXT_WORDS[text]
  const scope = parseScope(text)
  if (said !== undefined || scope === undefined) return said ?? text
  const what = scope.type === '*' ? 'records of every kind' : scope.type
  const whose = scope.context === 'patient' ? 'of this person alone' : 'as far as you may yourself'
  const where = scope.query.length === 0 ? '' : `, and only where ${scope.query.join(' and ')}`
  return `${capital([...scope.letters].map((letter) => LETTER_WORDS[letter]).join(', '))}: ${what}, ${whose}${where}`
}

/** Whether a scope lets an app change anything. */
export const isOfChange = (text: string): boolean => /[cud]/.test(parseScope(text)?.letters ?? '')
