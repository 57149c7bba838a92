/** How one section of a document stands on paper. */
import type { CompositionSection } from 'fhir/r4.js'
import { SYSTEM } from '../../plan/codes.ts'
import { type Block, narrativeBlocks, type Run } from '../../plan/summary/blocks.ts'
import {
  AMBER,
  artifact,
  GREEN,
  gap,
  INK,
  MARGIN,
  need,
  type Pdf,
  paragraphOf,
  RED,
  rule,
  type Setter,
  SOFT,
  type Structure,
  type Style,
  WIDTH,
} from './sheet.ts'

/** Points. */
const HEADINGS = 112
const GAP = 12

/** What is in sight of whoever picks up the paper, framed and large. */
const FRAMED = ['cpr', 'withdrawn']

const VERDICT_COLOURS: Readonly<Record<string, string>> = {
  'not-recommended': RED,
  refused: RED,
  draft: RED,
  superseded: RED,
  revoked: RED,
  withdrawn: RED,
  recommended: GREEN,
  current: GREEN,
  conditional: AMBER,
}

export const codeOf = ({ code }: CompositionSection): string =>
  code?.coding?.find(({ system }) => system === SYSTEM.summarySection)?.code ?? 'other'

export const drawSection = (pdf: Pdf, root: Structure, section: CompositionSection, setter: Setter): void => {
  const code = codeOf(section)
  const blocks = narrativeBlocks(section.text?.div ?? '')
  const part = pdf.struct('Sect')
  root.add(part)
  if (FRAMED.includes(code)) framed(pdf, part, section.title ?? code, blocks, setter)
  else beside(pdf, part, section.title ?? code, blocks, code, setter)
  part.end()
}

/** A frame round the heading, the decision in large letters, and the rest. */
const framed = (pdf: Pdf, part: Structure, title: string, blocks: readonly Block[], setter: Setter): void => {
  const inside = { x: MARGIN + 12, width: WIDTH - 24, setter }
  const height = 40 + blocks.reduce((sum, block) => sum + heightOf(pdf, block, inside.width, 'framed'), 0)
  need(pdf, height)
  const top = pdf.y
  gap(pdf, 8)
  paragraphOf(pdf, part, [['bold', 8.5, SOFT, title.toUpperCase()]], { ...inside, tag: 'H2' })
  for (const block of blocks) {
    paragraphOf(pdf, part, styled(block, 'framed', setter.muted), inside)
    gap(pdf, 3)
  }
  gap(pdf, 5)
  // A section longer than its page has no frame: half of one would seem to be all.
  if (pdf.y > top)
    artifact(pdf, 'Layout', () => {
      pdf
        .rect(MARGIN, top, WIDTH, pdf.y - top)
        .lineWidth(2)
        .strokeColor(INK)
        .stroke()
    })
  gap(pdf, 9)
}

/** The heading at the left, what it is about at the right. */
const beside = (
  pdf: Pdf,
  part: Structure,
  title: string,
  blocks: readonly Block[],
  code: string,
  setter: Setter,
): void => {
  const x = MARGIN + HEADINGS + GAP
  const width = WIDTH - HEADINGS - GAP
  const height = blocks.reduce((sum, block) => sum + heightOf(pdf, block, width, code) + 3, 0)
  // A short section stays in one piece; a long one begins with at least its first lines.
  need(pdf, Math.min(height, 120))
  const top = pdf.y
  paragraphOf(pdf, part, [['bold', 9, INK, title]], { width: HEADINGS, tag: 'H2', setter })
  const underHeading = pdf.y
  pdf.y = top
  for (const block of blocks) {
    paragraphOf(pdf, part, styled(block, code, setter.muted), { x, width, setter })
    gap(pdf, 2.5)
  }
  if (pdf.y > top) pdf.y = Math.max(pdf.y, underHeading)
  gap(pdf, 1.5)
  rule(pdf, pdf.y)
  gap(pdf, 5)
}

const heightOf = (pdf: Pdf, block: Block, width: number, code: string): number => {
  const runs = styled(block, code, false)
  const [font, size] = runs[0] as Style
  return pdf
    .font(font)
    .fontSize(size)
    .heightOfString(runs.map(([, , , text]) => text).join(''), { width, lineGap: 1.5 })
}

/** CPR is read first of all, and so is a plan that must not be acted on. */
const decisionSize = (code: string, colour: string): number => {
  if (code === 'framed') return 18
  return code === 'state' && colour === RED ? 16 : 11.5
}

/** The runs of a paragraph in the styles that their kinds have. */
const styled = ({ kind, runs }: Block, code: string, muted: boolean): Style[] => {
  const kinds = kind?.split(' ') ?? []
  const isDecision = kinds.includes('decision')
  const verdict = kinds.map((name) => VERDICT_COLOURS[name]).find((found) => found !== undefined) ?? INK
  const colour = muted ? SOFT : verdict
  const body = code === 'framed' ? 10.5 : 9.5
  const isSource = kinds.includes('source') || kinds.includes('nothing') || kinds.includes('withheld')
  return runs.map(({ text, strong, kind: span }: Run): Style => {
    if (isDecision) return ['bold', decisionSize(code, verdict), colour, text]
    if (isSource || span === 'source') return [strong ? 'bold' : 'plain', 8.5, SOFT, text]
    if (span === 'verdict') return ['bold', body, colour, text]
    return [strong ? 'bold' : 'plain', body, INK, text]
  })
}
