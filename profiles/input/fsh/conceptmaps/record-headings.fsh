Instance: record-headings
InstanceOf: ConceptMap
Usage: #definition
Title: "Sections of a summary as record headings"
Description: "Under which heading of the record standards of the United Kingdom each section of a summary belongs, for systems that file by these headings."
* url = "https://keyplan.example/fhir/ConceptMap/record-headings"
* name = "RecordHeadings"
* title = "Sections of a summary as record headings"
* description = "Under which heading of the record standards of the United Kingdom each section of a summary belongs, for systems that file by these headings."
* status = #draft
* experimental = false
* sourceUri = "https://keyplan.example/fhir/CodeSystem/summary-section"

* group[+].source = "https://keyplan.example/fhir/CodeSystem/summary-section"
* group[=].target = "https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings"
* insert From(identity, [[Person and sharing]])
* insert To(person-demographics, [[Person demographics]], wider)
* insert To(consent-for-information-sharing, [[Consent for information sharing]], wider)
* insert From(cpr, [[Cardiopulmonary resuscitation (CPR)]])
* insert To(advance-decisions-about-treatment, [[Advance decisions about treatment]], inexact)
* insert Because([[A recommendation is not a decision of the person; the heading holds both.]])
* insert From(overall-focus, [[Overall focus of care]])
* insert To(aim-goal, [[Aim/goal]], inexact)
* insert Because([[The aim of emergency care, not a goal of the person.]])
* insert From(advance-refusals, [[Advance refusals of treatment]])
* insert To(advance-decision-to-refuse-treatment, [[Advance decision to refuse treatment]], equivalent)
* insert From(interventions, [[Other treatments and admission]])
* insert To(advance-decisions-about-treatment, [[Advance decisions about treatment]], inexact)
* insert Because([[A recommendation is not a decision of the person; the heading holds both.]])
* insert From(what-matters, [[What matters to me]])
* insert To(patient-and-carer-concerns-expectations-and-wishes, [[Patient and carer concerns, expectations and wishes]], wider)
* insert Because([[The section holds the words of the person alone.]])
* insert To(advance-statement, [[Advance statement]], inexact)
* insert Because([[In the own words, without the form of a statement.]])
* insert From(contacts, [[Contacts and legal proxy]])
* insert To(contact-for-further-information, [[Contact for further information]], wider)
* insert To(lasting-power-of-attorney-for-health-and-welfare-or-court-appointed-deputy-or-equivalent, [[Lasting power of attorney for health and welfare or court-appointed deputy or equivalent]], wider)
* insert From(medicines, [[Medicines and allergies]])
* insert To(medications-and-medical-devices, [[Medications and medical devices]], inexact)
* insert Because([[Told to those who made the plan; the GP record remains the source.]])
* insert To(allergies-and-adverse-reaction, [[Allergies and adverse reaction]], inexact)
* insert Because([[Told to those who made the plan; the GP record remains the source.]])
* insert From(home-care, [[Care and equipment at home]])
* insert To(services-and-care, [[Services and care]], inexact)
* insert Because([[Who looks after the person at home; the heading holds every service.]])
* insert To(appliances, [[Appliances]], inexact)
* insert Because([[What equipment is there, by whomever it was supplied.]])
* insert From(out-of-hours, [[Out of hours]])
* insert To(gp-practice, [[GP practice]], inexact)
* insert Because([[Whether the own GP wishes to be called.]])
* insert From(capacity, [[Capacity and involvement]])
* insert To(mental-capacity-assessment, [[Mental capacity assessment]], inexact)
* insert Because([[The finding for this decision; the full assessment stands in the clinical record.]])
* insert From(preferred-places, [[Preferred places]])
* insert To(patient-and-carer-concerns-expectations-and-wishes, [[Patient and carer concerns, expectations and wishes]], wider)
* insert Because([[The section holds the preferred places of care and of death alone.]])
* insert From(shared-understanding, [[Health and circumstances (special note)]])
* insert To(clinical-summary, [[Clinical summary]], inexact)
* insert Because([[As the person and the clinician understand it together.]])
* insert From(clinical, [[Diagnoses, function and awareness]])
* insert To(diagnoses, [[Diagnoses]], inexact)
* insert Because([[As told to those who made the plan, with function and awareness; the clinical record remains the source.]])
* insert To(relevant-past-medical-surgical-and-mental-health-history, [[Relevant past medical, surgical and mental health history]], inexact)
* insert Because([[What those who made the plan thought worth telling, not the whole history.]])
* insert From(other-documents, [[Certificates, assessments and other plans]])
* insert To(documents-including-correspondence-audio-and-images, [[Documents (including correspondence, audio and images)]], wider)
* insert Because([[The section says of other documents about the care of the person where to find them.]])
* insert From(plans, [[Plans in force]])
* insert To(plan-and-requested-actions, [[Plan and requested actions]], inexact)
* insert Because([[Which plans are in force, and in which version; what is to be done stands in other sections.]])
* insert From(verify, [[Is this still current?]])
* insert ToNothing([[No heading says whether a document is still current.]])
