/** What is asked of values beyond the definition of their type. */
import { checkExpressionValue } from '../authoring/expression.ts'
import { checkCoding, checkQuantity } from '../codes/coding.ts'
import type { EngineCheck } from '../engine.ts'
import { checkUri, isUrn } from '../references/addresses.ts'
import { checkReference } from '../references/reference-values.ts'
import { checkAttachment } from './attachment.ts'
import { checkSpaces, hasSpaces } from './base64.ts'
import { checkIdentifier } from './datatypes.ts'
import { measuring } from './quantities.ts'
import { checkRange } from './ranges.ts'
import { checkSampledData } from './sampled-data.ts'
import { checkEnds, hasLooseEnds } from './spaces.ts'
import { checkRepeat } from './timing.ts'
import { checkYear, isOfOtherTimes } from './years.ts'

const ofTime = measuring('time', ['time', 'calendar'])

/** By the name of a type, or the path of a part of one. */
export const OF_TYPE: ReadonlyMap<string, EngineCheck> = new Map([
  ['Age', ofTime],
  ['Attachment', checkAttachment],
  ['Coding', checkCoding],
  ['Count', checkQuantity],
  ['Distance', measuring('length', ['length'])],
  ['Duration', ofTime],
  ['Expression', checkExpressionValue],
  ['Identifier', checkIdentifier],
  ['Quantity', checkQuantity],
  ['Range', checkRange],
  ['Reference', checkReference],
  ['SampledData', checkSampledData],
  ['Timing.repeat', checkRepeat],
])

/** The check of a primitive, and which values it has something to say about. */
export type OfPrimitive = Readonly<{ check: EngineCheck; isToCheck: (value: unknown) => boolean }>

const uri: OfPrimitive = { check: checkUri, isToCheck: isUrn }
const date: OfPrimitive = { check: checkYear, isToCheck: isOfOtherTimes }

export const OF_PRIMITIVE: ReadonlyMap<string, OfPrimitive> = new Map([
  ['base64Binary', { check: checkSpaces, isToCheck: hasSpaces }],
  ['date', date],
  ['dateTime', date],
  ['instant', date],
  ['string', { check: checkEnds, isToCheck: hasLooseEnds }],
  ['uri', uri],
  ['url', uri],
])
