import type { Bundle } from 'fhir/r4.js'
import { type Matrix, QUIET_ZONE } from '../../plan/summary/matrix.ts'
import { type DocumentView, documentView } from '../../plan/summary/view.ts'
import { type FontName, type Fonts, fonts } from './fonts.ts'
import { qrMatrix } from './qr.ts'
import { codeOf, drawSection } from './section.ts'
import {
  artifact,
  BOTTOM,
  gap,
  INK,
  MARGIN,
  type Pdf,
  paragraphOf,
  RED,
  rule,
  type Setter,
  SOFT,
  type Structure,
  type Style,
  textSetter,
  WIDTH,
} from './sheet.ts'

/** Points. */
const CODE = 92

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
