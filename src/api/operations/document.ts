import type { Bundle } from 'fhir/r4.js'
import { documentPdf } from '../../pages/paper/pdf.ts'
import { qrMatrix } from '../../pages/paper/qr.ts'
import { SUMMARY_PAGE_POLICY, summaryHtml } from '../../plan/summary/html.ts'
import { documentView } from '../../plan/summary/view.ts'
import { HTML } from '../respond.ts'
import type { ApiRequest, ApiResponse } from '../route.ts'

const PDF = 'application/pdf'

/** A document Bundle in the format that was asked for. A page that is likely to be printed carries its QR code. */
export const documentAnswer = async (
  body: string,
  wants: ApiRequest['wants'],
  { printed }: { printed: boolean },
): Promise<ApiResponse> => {
  if (wants === 'json') return { status: 200, body }
  const bundle = JSON.parse(body) as Bundle
  if (wants === 'pdf') return { status: 200, bytes: await documentPdf(bundle), contentType: PDF }
  const { code } = documentView(bundle)
  const matrix = !printed || code === undefined ? undefined : await qrMatrix(code)
  return { status: 200, body: summaryHtml(bundle, matrix), contentType: HTML, policy: SUMMARY_PAGE_POLICY }
}
