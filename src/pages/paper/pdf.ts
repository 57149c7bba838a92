import type { Bundle, CompositionSection } from 'fhir/r4.js'
import { SYSTEM } from '../../plan/codes.ts'
import { type Block, narrativeBlocks, type Run } from '../../plan/summary/blocks.ts'
import { type Matrix, QUIET_ZONE } from '../../plan/summary/matrix.ts'
import { type DocumentView, documentView } from '../../plan/summary/view.ts'
import { type FontName, type Fonts, fonts, printable } from './fonts.ts'
import { qrMatrix } from './qr.ts'

type Pdf = PDFKit.PDFDocument
type Structure = PDFKit.PDFStructureElement

const INK = '#14212b'
const SOFT = '#465361'
const LINE = '#9aa7b3'
const RED = '#9c0d0d'
const GREEN = '#00522f'
const AMBER = '#6b4400'

/** Points. A4 is 595 by 842. */
const MARGIN = 40
const WIDTH = 595.28 - 2 * MARGIN
const BOTTOM = 52
const HEADINGS = 112
const GAP = 12
const CODE = 92

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

/**
 * A document on A4, tagged so that it can be read aloud in its order (PDF/UA): title, language, headings, paragraphs. The date is that of
 * the document, so the same document gives the same bytes. Throws a TypeError where the Bundle does not begin with a Composition.
 */
export const documentPdf = async (bundle: Bundle, options: { compress?: boolean } = {}): Promise<Uint8Array> => {
  const view = documentView(bundle)
  const { default: PdfDocument } = await import('pdfkit')
  const code = view.code === undefined ? undefined : await qrMatrix(view.code)
  const typeface = await fonts()
  const pdf = new PdfDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: BOTTOM },
    bufferPages: true,
    compress: options.compress ?? true,
    pdfVersion: '1.7',
    subset: 'PDF/UA' as 'PDF/A-1',
    tagged: true,
    displayTitle: true,
    lang: 'en-GB',
    info: { Title: view.title, Author: 'KeyPlan', CreationDate: new Date(bundle.timestamp ?? 0) },
    font: sourceOf(typeface.plain),
  })
  const chunks: Uint8Array[] = []
  pdf.on('data', (chunk: Uint8Array) => void chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => {
    pdf.once('end', resolve)
    pdf.once('error', reject)
  })
  draw(pdf, view, code, typeface)
  pdf.end()
  await ended
  return Buffer.concat(chunks)
}

/** pdfkit takes an opened font as well as a file; its types do not say so. */
const sourceOf = (font: Fonts[FontName]): string => font as unknown as string

const draw = (pdf: Pdf, view: DocumentView, code: Matrix | undefined, typeface: Fonts): void => {
  for (const [name, font] of Object.entries(typeface)) pdf.registerFont(name, sourceOf(font))
  const setter = textSetter(typeface)
  const root = pdf.struct('Document', { title: view.title })
  pdf.addStructure(root)
  head(pdf, root, view, code, setter)
  for (const section of view.composition.section ?? [])
    drawSection(pdf, root, section, { ...setter, muted: view.mark !== undefined && codeOf(section) !== 'state' })
  if (!setter.complete()) {
    gap(pdf, 6)
    paragraphOf(pdf, root, [['bold', 9, RED, INCOMPLETE]], { setter })
  }
  root.end()
  furniture(pdf, view, setter)
}

const INCOMPLETE =
  'Some characters of this record cannot be printed and stand here as \u25a1. Read the record on a screen before you rely on those words.'

type Setter = Readonly<{
  /** The text as it can be set; remembers where something could not. */
  set: (font: FontName, text: string) => string
  complete: () => boolean
  /** True where no colour may make a decision look as if it held. */
  muted: boolean
}>

const textSetter = (typeface: Fonts): Setter => {
  let whole = true
  return {
    set: (font, text) => {
      const set = printable(text, (codePoint) => typeface[font].hasGlyphForCodePoint(codePoint))
      whole &&= set.complete
      return set.text
    },
    complete: () => whole,
    muted: false,
  }
}

type Style = readonly [font: FontName, size: number, colour: string, text: string]
type Place = Readonly<{ x?: number; width?: number; tag?: string; setter: Setter; lineGap?: number }>

/** One tagged paragraph of runs in their styles, at the present height. */
const paragraphOf = (
  pdf: Pdf,
  parent: Structure,
  runs: readonly Style[],
  { x = MARGIN, width = WIDTH, tag = 'P', setter, lineGap = 1.5 }: Place,
): void => {
  const structure = pdf.struct(tag, {}, () => {
    pdf.x = x
    for (const [index, [font, size, colour, text]] of runs.entries()) {
      const shown = setter.set(font, text)
      pdf
        .font(font)
        .fontSize(size)
        .fillColor(colour)
        .text(shown, { width, lineGap, continued: index < runs.length - 1 })
    }
  })
  parent.add(structure)
  structure.end()
}

const gap = (pdf: Pdf, points: number): void => {
  pdf.y += points
}

/** Begins a page where less than this is left on the present one. */
const need = (pdf: Pdf, height: number): void => {
  if (pdf.y + height > pdf.page.height - BOTTOM) pdf.addPage()
}

/** Drawn, but not read aloud. */
const artifact = (pdf: Pdf, type: 'Pagination' | 'Layout', act: () => void): void => {
  pdf.markContent('Artifact', { type })
  act()
  pdf.endMarkedContent()
}

const rule = (pdf: Pdf, y: number, weight = 0.5, colour = LINE): void =>
  artifact(pdf, 'Layout', () => {
    pdf
      .moveTo(MARGIN, y)
      .lineTo(MARGIN + WIDTH, y)
      .lineWidth(weight)
      .strokeColor(colour)
      .stroke()
  })

const head = (pdf: Pdf, root: Structure, view: DocumentView, code: Matrix | undefined, setter: Setter): void => {
  const width = code === undefined ? WIDTH : WIDTH - CODE - 14
  const top = pdf.y
  const place = { width, setter }
  paragraphOf(pdf, root, [['bold', 11, SOFT, view.title]], { ...place, tag: view.identity === undefined ? 'H1' : 'P' })
  if (view.identity !== undefined)
    paragraphOf(pdf, root, [['bold', 21, INK, view.identity.name ?? 'Name not recorded']], { ...place, tag: 'H1' })
  if (view.facts.length > 0)
    paragraphOf(
      pdf,
      root,
      view.facts.flatMap(([label, value], index): Style[] => [
        ['plain', 10, SOFT, `${index === 0 ? '' : '     '}${label} `],
        ['bold', 11.5, INK, value],
      ]),
      place,
    )
  gap(pdf, 2)
  paragraphOf(pdf, root, [['plain', 9, SOFT, view.edition.replace(/^as at/, 'As at')]], place)
  if (code !== undefined) {
    drawCode(pdf, root, code, MARGIN + WIDTH - CODE, top - 4)
    const below = pdf.y
    pdf.y = top - 4 + CODE
    paragraphOf(pdf, root, [['plain', 7.5, SOFT, 'Still in force? Scan to ask.']], {
      x: MARGIN + WIDTH - CODE,
      width: CODE + 4,
      setter,
    })
    pdf.y = Math.max(below, pdf.y)
  }
  gap(pdf, 4)
  rule(pdf, pdf.y, 1.5, INK)
  gap(pdf, 8)
}

const drawCode = (pdf: Pdf, root: Structure, { size, dark }: Matrix, x: number, y: number): void => {
  const module = CODE / (size + 2 * QUIET_ZONE)
  const figure = pdf.struct('Figure', { alt: 'QR code of this plan: its id, version and check code' }, () => {
    for (const { x: column, y: row } of dark)
      pdf.rect(x + (column + QUIET_ZONE) * module, y + (row + QUIET_ZONE) * module, module, module)
    pdf.fill('#000')
  })
  root.add(figure)
  figure.end()
}

const codeOf = ({ code }: CompositionSection): string =>
  code?.coding?.find(({ system }) => system === SYSTEM.summarySection)?.code ?? 'other'

const drawSection = (pdf: Pdf, root: Structure, section: CompositionSection, setter: Setter): void => {
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

/** What is on every page: whose it is, which plan, which page; and the mark of a plan that must not be acted on. None of it is read aloud twice. */
const furniture = (pdf: Pdf, { identity, facts, title, plan, mark }: DocumentView, setter: Setter): void => {
  const { start, count } = pdf.bufferedPageRange()
  const whose =
    identity === undefined ? '' : `${identity.name ?? 'Name not recorded'}, ${facts.slice(-1).flat().join(' ')}`
  const which = plan === undefined ? title : `${title}, plan ${plan.planId}, version ${plan.version}`
  for (let page = start; page < start + count; page++) {
    pdf.switchToPage(page)
    // Text below the margin would begin another page.
    pdf.page.margins.bottom = 0
    artifact(pdf, 'Pagination', () => {
      const y = pdf.page.height - 38
      const line = { lineBreak: false } as const
      const left = setter.set('plain', `${whose}`)
      pdf.font('bold').fontSize(8).fillColor(INK).text(left, MARGIN, y, line)
      const below = setter.set('plain', which)
      pdf
        .font('plain')
        .fontSize(7.5)
        .fillColor(SOFT)
        .text(below, MARGIN, y + 11, line)
      pdf.text(`Page ${page - start + 1} of ${count}`, MARGIN, y, { width: WIDTH, align: 'right', lineBreak: false })
      if (mark !== undefined) watermark(pdf, mark)
    })
    pdf.page.margins.bottom = BOTTOM
  }
}

const watermark = (pdf: Pdf, mark: string): void => {
  const { width, height } = pdf.page
  const size = 88
  pdf.save()
  pdf.rotate(-52, { origin: [width / 2, height / 2] })
  pdf.font('bold').fontSize(size).fillColor(RED).fillOpacity(0.16)
  pdf.text(mark, width / 2 - pdf.widthOfString(mark) / 2, height / 2 - size / 2, { lineBreak: false })
  pdf.restore()
  pdf.fillOpacity(1)
}
