import type { Bundle } from 'fhir/r4.js'
import { BASE } from '../codes.ts'
import type { DeriveAt } from '../derived.ts'
import { shownDay } from './dates.ts'
import { documentBundle, documentComposition, sectionHead } from './document.ts'
import { paragraph } from './narrative.ts'

/**
 * What takes the place of a summary that must no longer be acted on: a document Bundle with the same id, tagged `withdrawn`,
 * that names the Patient by id only and holds nothing clinical, not even why it was withdrawn.
 */
export const tombstoneDocument = (patient: string, at: DeriveAt): Bundle =>
  documentBundle(patient, 'withdrawn', at, [
    documentComposition({
      patient,
      subject: { type: 'Patient', identifier: { system: 'urn:ietf:rfc:3986', value: `${BASE}/Patient/${patient}` } },
      title: 'Key Information Summary: withdrawn',
      at,
      sections: [
        sectionHead('withdrawn', 'Withdrawn', [
          paragraph(
            `This summary was withdrawn on ${shownDay(at.now.toISOString())}. Do not act on earlier copies. Ask the GP practice.`,
            'decision withdrawn',
          ),
        ]),
      ],
    }),
  ])
