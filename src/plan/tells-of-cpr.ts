/**
 * Codes of CPR, of whether it is to be attempted and of forms about it: SNOMED CT 89666000, 304251008, 304252001, 304253006, 450475007, 450476008;
 * LOINC 75779-9, 75792-2, 81351-9, 100822-6; and what KeyPlan calls things that say it, wherever they stand.
 */
const CODES = [
  '89666000',
  '304251008',
  '304252001',
  '304253006',
  '450475007',
  '450476008',
  '75779-9',
  '75792-2',
  '81351-9',
  '100822-6',
  'consent-category/advance-refusal',
  '"advance-refusal"',
  'questionnaire/respect-v3',
  // What is not text, such as a scanned form, is not looked into.
  '"data": ?"',
]

/** Words by which people write of it, in English, and the stems of the Welsh and the Gaelic word. */
const WORDS = [
  'cpr',
  '(^|[^a-z])c[. ]{1,2}p[. ]{1,2}r([^a-z]|$)',
  'dnr',
  'dnar',
  'd[. ]{1,2}n[. ]{1,2}(a[. ]{1,2})?r([^a-z]|$)',
  '(^|[^a-z])nfa?r([^a-z]|$)',
  'resus',
  'ressus',
  'adfyw',
  'bheoth',
  'cardio ?-?pulmon',
  'cardiac arrest',
  'chest compress',
  'defib',
  'revive',
  'life[ -]support',
  'natural death',
  '(start|restart|stop|beat)[^.]{0,40} heart',
  'heart[^.]{0,40}(start|restart|stop|beat)',
]

/**
 * A pattern, without regard to case, that is found in the JSON of whatever tells, or may tell, what was decided about CPR: of JavaScript and of
 * PostgreSQL alike. It rather finds too much. Free words that say it with none of these words it does not find.
 */
export const TELLS_OF_CPR = [...CODES, ...WORDS].join('|')

const pattern = new RegExp(TELLS_OF_CPR, 'i')

/** Whether this part of a record tells, or may tell, what was decided about CPR. */
export const tellsOfCpr = (part: unknown): boolean => pattern.test(JSON.stringify(part) ?? '')
