Instance: key-information-fields
InstanceOf: ConceptMap
Usage: #definition
Title: "Fields of KIS and ePCS in a plan"
Description: "Where each field of the Key Information Summary and of the electronic Palliative Care Summary stands in a plan: as an item of key information, or in an element of a profile. The equivalence says how far the two mean the same."
* url = "https://keyplan.example/fhir/ConceptMap/key-information-fields"
* name = "KeyInformationFields"
* title = "Fields of KIS and ePCS in a plan"
* description = "Where each field of the Key Information Summary and of the electronic Palliative Care Summary stands in a plan: as an item of key information, or in an element of a profile. The equivalence says how far the two mean the same."
* status = #draft
* experimental = false
* sourceUri = "https://keyplan.example/fhir/CodeSystem/key-information-field"

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/CodeSystem/plan-observation"
* insert From(current-medication, [[Current medication, repeat medication (current drugs and doses)]])
* insert To(current-medicines, [[Current and repeat medicines]], equivalent)
* insert From(allergies, [[Allergies and adverse reactions]])
* insert To(allergies, [[Allergies and adverse reactions]], equivalent)
* insert From(incapacity-form, [[Adults with Incapacity form (section 47)]])
* insert To(incapacity-certificate, [[Certificate of incapacity for treatment]], equivalent)
* insert From(single-shared-assessment, [[Single Shared Assessment]])
* insert To(shared-assessment, [[Single shared assessment]], equivalent)
* insert From(self-management-plan, [[Self-management plan(s)]])
* insert To(self-management-plan, [[Self-management plan]], equivalent)
* insert From(other-agencies, [[Other agencies involved]])
* insert To(other-agencies, [[Other agencies involved]], equivalent)
* insert From(medical-history, [[Relevant medical history (other relevant issues)]])
* insert To(relevant-history, [[Other relevant history]], equivalent)
* insert From(baseline-function, [[Baseline function and clinical status]])
* insert To(baseline-function, [[Usual function]], equivalent)
* insert From(deterioration-triggers, [[Triggers for deterioration]])
* insert To(deterioration-triggers, [[Signs that the person is deteriorating]], equivalent)
* insert From(continence-equipment, [[Catheter and continence equipment]])
* insert To(continence-products, [[Catheter and continence products at home]], equivalent)
* insert From(moving-handling, [[Moving and handling equipment]])
* insert To(moving-handling, [[Moving and handling equipment at home]], equivalent)
* insert From(home-oxygen, [[Oxygen for home use]])
* insert To(home-oxygen, [[Oxygen at home]], equivalent)
* insert From(syringe-driver, [[Syringe driver]])
* insert To(syringe-driver, [[Syringe driver at home]], equivalent)
* insert From(preferred-place-of-care, [[Preferred place of care]])
* insert To(preferred-place-of-care, [[Preferred place of care]], equivalent)
* insert From(palliative-treatment, [[Radiotherapy, chemotherapy, palliative treatment]])
* insert To(palliative-treatment, [[Radiotherapy, chemotherapy and other palliative treatment]], equivalent)
* insert From(palliative-register, [[Palliative care register]])
* insert To(palliative-register, [[On the palliative care register]], equivalent)
* insert From(person-aware-diagnosis, [[Patient's understanding of the diagnosis]])
* insert To(person-aware-diagnosis, [[What the person understands of the diagnosis]], equivalent)
* insert From(person-aware-prognosis, [[Patient's understanding of the prognosis]])
* insert To(person-aware-prognosis, [[What the person understands of the prognosis]], equivalent)
* insert From(carer-aware-diagnosis, [[Carer's understanding of the diagnosis]])
* insert To(carer-aware-diagnosis, [[What the carer understands of the diagnosis]], equivalent)
* insert From(carer-aware-prognosis, [[Carer's understanding of the prognosis]])
* insert To(carer-aware-prognosis, [[What the carer understands of the prognosis]], equivalent)
* insert From(out-of-hours-information, [[Additional out-of-hours arrangements and information]])
* insert To(out-of-hours-information, [[Other information for out of hours]], equivalent)
* insert From(main-diagnoses, [[Main diagnoses]])
* insert To(main-diagnoses, [[Main diagnoses]], equivalent)
* insert From(care-arrangements, [[Care arrangements]])
* insert To(care-arrangements, [[Care arrangements]], equivalent)
* insert From(contact-own-gp, [[Should own GP be contacted out of hours; GP home, mobile, pager]])
* insert To(contact-own-gp, [[Contact own GP out of hours]], equivalent)
* insert From(gp-will-certify, [[Will GP sign the death certificate in normal circumstances]])
* insert To(gp-will-certify, [[GP will certify death in expected circumstances]], equivalent)
* insert From(other-documents, [[Other planning documents and where they are (ReSPECT section 2)]])
* insert To(other-planning-documents, [[Other care planning documents and where they are]], equivalent)

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/anticipatory-care-plan"
* insert From(anticipatory-care-plan, [[Anticipatory care plan (care plan agreed)]])
* insert ToElement(CarePlan, wider)
* insert Because([[KIS says that there is one; this is the plan itself.]])
* insert From(special-note, [[Special note: what would I want to know out of hours?]])
* insert ToElement(CarePlan.note, equivalent)
* insert From(review-date, [[Review date]])
* insert ToElement(CarePlan.extension:reviewDate, equivalent)

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/anticipatory-medicine"
* insert From(additional-drugs, [[Additional drugs at home (just in case)]])
* insert ToElement(MedicationRequest.medication[x], wider)
* insert Because([[One resource for each medicine.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/decision-capacity"
* insert From(capacity, [[Capacity]])
* insert ToElement(Observation.value[x], inexact)
* insert Because([[Capacity is about one decision at one time.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/emergency-recommendation"
* insert From(dnacpr, [[DNACPR (resuscitation status agreed, actual status)]])
* insert ToElement(Consent.extension:recommendation, inexact)
* insert Because([[KIS says yes or no. The recommendation also says under a condition, not known and not discussed; who decided and why stand beside it.]])
* insert From(cypadm, [[CYPADM (children and young people)]])
* insert ToElement(Consent.extension:condition, inexact)
* insert Because([[For a child: what is modified stands in words beside a conditional recommendation.]])
* insert From(escalation, [[How far to escalate care]])
* insert ToElement(Consent.extension:recommendation, inexact)
* insert Because([[One recommendation for each intervention in place of one text.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/home-access"
* insert From(access-information, [[Access information, door, key safe]])
* insert ToElement(Flag.code.text, wider)
* insert Because([[Category key-safe or way-in. Restricted: in no document.]])
* insert From(staff-safety, [[Staff-safety alerts (hazards)]])
* insert ToElement(Flag.code.text, wider)
* insert Because([[Category hazard. Restricted: in no document.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/key-information-summary"
* insert From(edition, [[Date sent, edition of the summary]])
* insert ToElement(Composition.extension:order, wider)
* insert Because([[Which edition of the summary it is; the moment is Composition.date.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/plan-contact"
* insert From(contact-list, [[Patient contact list: next of kin, carers, emergency contacts]])
* insert ToElement(RelatedPerson, wider)
* insert Because([[One resource for each contact.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/plan-patient"
* insert From(usual-gp, [[Usual GP and practice]])
* insert ToElement(Patient.generalPractitioner, equivalent)
* insert From(demographics, [[Surname, forenames, CHI, address, telephone]])
* insert ToElement(Patient, wider)
* insert Because([[Name, identifiers, address and telephone, each in its element.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/preferred-place"
* insert From(preferred-place-of-death, [[Preferred place of final care]])
* insert ToElement(Observation.value[x], equivalent)
* insert Because([[Observation.code is 395091006 Preferred place of death.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/sharing-decision"
* insert From(consent-status, [[Summary and consent status]])
* insert ToElement(Consent.extension:decision, inexact)
* insert Because([[KIS has one consent status; the decision tells not having been asked from an objection and from consent that was taken back.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/welfare-proxy"
* insert From(guardianship-order, [[Guardianship order]])
* insert ToElement(Consent.extension:authority, wider)
* insert Because([[welfare-guardian or intervener.]])
* insert From(power-of-attorney, [[Power of attorney]])
* insert ToElement(Consent.extension:authority, wider)
* insert Because([[welfare-attorney.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/key-information-field"
* group[=].target = "https://keyplan.example/fhir/StructureDefinition/what-matters-goal"
* insert From(wishes, [[Specific patient and carer wishes]])
* insert ToElement(Goal.description.text, wider)
* insert Because([[One goal for each statement, in the own words.]])
