Instance: respect-v3
InstanceOf: Questionnaire
Usage: #definition
Title: "Emergency care plan, following ReSPECT version 3"
Description: "What is recommended for a person in an emergency, agreed in conversation and signed."
* url = "https://keyplan.example/fhir/Questionnaire/respect-v3"
* version = "1.0.0"
* name = "RespectV3"
* title = "Emergency care plan, following ReSPECT version 3"
* description = "What is recommended for a person in an emergency, agreed in conversation and signed: the content of sections 2 to 9 of the ReSPECT process, version 3, in KeyPlan's own wording, and what the Key Information Summary asks for besides. Submitted to CarePlan/$submit it becomes a plan of the type emergency-care. A recommendation, not an order."
* status = #active
* experimental = false
* subjectType = #Patient

* item[+]
  * insert Group(plan, [[About this plan]])
  * insert Required
  * item[+]
    * insert Question(plan.decision-date, date, anticipatory-care-plan#CarePlan.created, [[Day on which the recommendations were made]])
    * insert Required
  * item[+]
    * insert Question(plan.source, choice, record-source#Extension.value[x], [[Is this a new plan, or one copied from paper?]])
    * insert Required
    * insert KeyPlanOption(record-source, new, [[New decision]])
    * insert KeyPlanOption(record-source, transcribed, [[Transcribed from paper]])

* item[+]
  * insert Group(understanding, [[2. Shared understanding]])
  * insert Required
  * item[+]
    * insert Words(understanding.summary, shared-understanding#Extension.value[x], [[Diagnoses, circumstances, how to communicate with the person, other plans and where they are]])
    * insert Required
  * item[+]
    * insert Words(understanding.special-note, anticipatory-care-plan#CarePlan.note.text, [[Special note: what would you want to know if you saw this person out of hours?]])
    * insert Repeats

* item[+]
  * insert Group(proxy, [[2. Legal welfare proxy]])
  * insert Required
  * item[+]
    * insert Question(proxy.present, choice, proxy-present#Extension.value[x], [[Is there someone with the legal power to decide for the person?]])
    * insert Required
    * insert Option(http://terminology.hl7.org/CodeSystem/v2-0136, Y, [[Yes]])
    * insert Option(http://terminology.hl7.org/CodeSystem/v2-0136, N, [[No]])
    * insert Option(http://terminology.hl7.org/CodeSystem/data-absent-reason, unknown, [[Unknown]])
  * item[+]
    * insert Group(proxy.holder, [[Who has this power]])
    * insert Repeats
    * insert OnlyWhen(proxy.present, =, http://terminology.hl7.org/CodeSystem/v2-0136, Y)
    * item[+]
      * insert Question(proxy.holder.authority, choice, proxy-authority#Extension.value[x], [[Which power]])
      * insert Required
      * insert KeyPlanOption(proxy-authority, welfare-attorney, [[Welfare attorney (Scotland)]])
      * insert KeyPlanOption(proxy-authority, welfare-guardian, [[Welfare guardian (Scotland)]])
      * insert KeyPlanOption(proxy-authority, lpa-health-welfare, [[Lasting power of attorney, health and welfare (England and Wales)]])
      * insert KeyPlanOption(proxy-authority, deputy, [[Deputy for personal welfare (England and Wales)]])
      * insert KeyPlanOption(proxy-authority, intervener, [[Intervener (Scotland)]])
    * item[+]
      * insert YesNo(proxy.holder.only-when-incapable, only-when-incapable#Extension.value[x], [[Does it hold only while the person lacks capacity?]])
    * item[+]
      * insert Line(proxy.holder.name, plan-contact#RelatedPerson.name.text, [[Name]])
      * insert Required
    * item[+]
      * insert Line(proxy.holder.relationship, plan-contact#RelatedPerson.relationship.text, [[Who they are to the person]])
      * insert Required
    * item[+]
      * insert Line(proxy.holder.phone, plan-contact#RelatedPerson.telecom.value, [[Telephone]])
    * item[+]
      * insert YesNo(proxy.holder.involved, involved-in-plan#Extension.value[x], [[Was this person consulted?]])
    * item[+]
      * insert YesNo(proxy.holder.primary, primary-emergency-contact#Extension.value[x], [[Is this the first person to call in an emergency?]])

* item[+]
  * insert Group(focus, [[4. Overall focus of care]])
  * insert Required
  * item[+]
    * insert Question(focus.overall, choice, overall-focus#Extension.value[x], [[What should care and treatment put first?]])
    * insert Required
    * insert KeyPlanOption(overall-focus, extend-life, [[Prioritise extending life]])
    * insert KeyPlanOption(overall-focus, balance, [[Balance extending life with comfort and valued outcomes]])
    * insert KeyPlanOption(overall-focus, comfort, [[Prioritise comfort]])

* item[+]
  * insert Group(cpr, [[4. Cardiopulmonary resuscitation]])
  * insert Required
  * item[+]
    * insert Question(cpr.recommendation, choice, recommendation#Extension.value[x], [[Attempts at resuscitation are]])
    * insert Required
    * insert KeyPlanOption(recommendation, recommended, [[Recommended]])
    * insert KeyPlanOption(recommendation, conditional, [[Recommended under a condition]])
    * insert KeyPlanOption(recommendation, not-recommended, [[Not recommended]])
  * item[+]
    * insert Condition(cpr, [[Modified resuscitation, for a child only: what should be done and what not]])
  * item[+]
    * insert Basis(cpr)
    * insert Required
  * item[+]
    * insert Rationale(cpr)
  * item[+]
    * insert RationaleReason(cpr)
  * item[+]
    * insert Question(cpr.discussed-with, choice, discussion#Extension.extension:with.value[x], [[With whom was this discussed?]])
    * insert Repeats
    * insert KeyPlanOption(discussion, person, [[With the person]])
    * insert KeyPlanOption(discussion, family, [[With family or others close to the person]])
    * insert KeyPlanOption(discussion, proxy, [[With the legal proxy]])
    * insert KeyPlanOption(discussion, not-discussed, [[Not discussed]])
  * item[+]
    * insert Words(cpr.discussion-reason, discussion#Extension.extension:reason.value[x], [[If it was not discussed with the person, why?]])
    * insert OnlyAfter(cpr.discussed-with)
  * item[+]
    * insert YesNo(cpr.person-aware, discussion#Extension.extension:personAware.value[x], [[Does the person know of this recommendation?]])
    * insert OnlyAfter(cpr.discussed-with)
  * item[+]
    * insert YesNo(cpr.family-aware, discussion#Extension.extension:familyAware.value[x], [[Does the family know of it?]])
    * insert OnlyAfter(cpr.discussed-with)
  * item[+]
    * insert Question(cpr.review-date, date, review-date#Extension.value[x], [[Day by which this recommendation should be looked at again]])

* item[+]
  * insert Group(intervention, [[4. Recommendation on another intervention]])
  * insert Repeats
  * item[+]
    * insert Question(intervention.kind, choice, emergency-recommendation#Consent.provision.provision.code, [[Intervention]])
    * insert Required
    * insert Option($sct, 32485007, [[Hospital admission]])
    * insert Option($sct, 305351004, [[Admission to intensive care]])
    * insert Option($sct, 40617009, [[Artificial ventilation]])
    * insert KeyPlanOption(intervention, non-invasive-ventilation, [[Non-invasive ventilation]])
    * insert Option($sct, 281789004, [[Antibiotic therapy]])
    * insert KeyPlanOption(intervention, artificial-nutrition, [[Artificial nutrition]])
    * insert Option($sct, 281800008, [[Intravenous fluids]])
    * insert Option($sct, 116762002, [[Blood products]])
    * insert KeyPlanOption(intervention, dialysis, [[Dialysis]])
  * item[+]
    * insert Question(intervention.recommendation, choice, recommendation#Extension.value[x], [[It is]])
    * insert Required
    * insert KeyPlanOption(recommendation, recommended, [[Recommended]])
    * insert KeyPlanOption(recommendation, conditional, [[Recommended under a condition]])
    * insert KeyPlanOption(recommendation, not-recommended, [[Not recommended]])
    * insert KeyPlanOption(recommendation, unknown, [[Not known]])
    * insert KeyPlanOption(recommendation, not-discussed, [[Not discussed]])
  * item[+]
    * insert Condition(intervention, [[On which condition]])
  * item[+]
    * insert Basis(intervention)
    * insert Required
    * insert OnlyWhen(intervention.recommendation, !=, https://keyplan.example/fhir/CodeSystem/recommendation, unknown)
    * insert OnlyWhen(intervention.recommendation, !=, https://keyplan.example/fhir/CodeSystem/recommendation, not-discussed)
    * enableBehavior = #all
  * item[+]
    * insert Rationale(intervention)
  * item[+]
    * insert RationaleReason(intervention)

* item[+]
  * insert Group(capacity, [[5. Capacity]])
  * insert Required
  * item[+]
    * insert Question(capacity.finding, choice, decision-capacity#Observation.value[x], [[Capacity to take part in making this plan]])
    * insert Required
    * insert KeyPlanOption(capacity, has-capacity, [[Has capacity]])
    * insert KeyPlanOption(capacity, lacks-capacity, [[Lacks capacity]])
    * insert KeyPlanOption(capacity, indeterminate, [[Could not be determined]])
  * item[+]
    * insert Words(capacity.reason, capacity-reason#Extension.value[x], [[In which way is capacity lacking?]])
    * insert OnlyWhen(capacity.finding, !=, https://keyplan.example/fhir/CodeSystem/capacity, has-capacity)

* item[+]
  * insert Group(involvement, [[6. Involvement in making this plan]])
  * insert Required
  * item[+]
    * insert Question(involvement.basis, choice, involvement#Extension.extension:basis.value[x], [[How the person, and others for them, took part]])
    * insert Required
    * insert Repeats
    * insert KeyPlanOption(involvement, A, [[Person has capacity and was fully involved]])
    * insert KeyPlanOption(involvement, B, [[Person lacks capacity; made under capacity law]])
    * insert KeyPlanOption(involvement, C1, [[Child or young person with sufficient maturity]])
    * insert KeyPlanOption(involvement, C2, [[Child without sufficient maturity; views taken into account]])
    * insert KeyPlanOption(involvement, C3, [[Those with parental responsibility fully involved]])
    * insert KeyPlanOption(involvement, D, [[None of these; reason stated]])
  * item[+]
    * insert Words(involvement.reason, involvement#Extension.extension:reason.value[x], [[Reason, where nobody was involved or those with parental responsibility were not]])

* item[+]
  * insert Group(clinician, [[7. Signed by]])
  * insert Required
  * insert Repeats
  * item[+]
    * insert Line(clinician.name, plan-provenance#Provenance.agent.who.display, [[Name]])
    * insert Required
  * item[+]
    * insert Line(clinician.role, plan-provenance#Provenance.agent.who.display, [[Grade and speciality]])
    * insert Required
  * item[+]
    * insert Question(clinician.register, choice, plan-provenance#Provenance.agent.who.identifier.system, [[Professional register]])
    * insert Required
    * answerOption[+].valueString = "GMC"
    * answerOption[+].valueString = "NMC"
    * answerOption[+].valueString = "HCPC"
    * answerOption[+].valueString = "GPhC"
  * item[+]
    * insert Line(clinician.registration, plan-provenance#Provenance.agent.who.identifier.value, [[Registration number]])
    * insert Required
  * item[+]
    * insert Question(clinician.signed-at, dateTime, plan-provenance#Provenance.signature.when, [[Signed at]])
    * insert Required
  * item[+]
    * insert YesNo(clinician.senior, plan-provenance#Provenance.agent.role, [[Is this the senior responsible clinician?]])

* item[+]
  * insert Group(contact, [[8. Emergency contacts and others who took part]])
  * insert Repeats
  * item[+]
    * insert Line(contact.name, plan-contact#RelatedPerson.name.text, [[Name]])
    * insert Required
  * item[+]
    * insert Line(contact.relationship, plan-contact#RelatedPerson.relationship.text, [[Who they are to the person, or their role]])
    * insert Required
  * item[+]
    * insert Line(contact.phone, plan-contact#RelatedPerson.telecom.value, [[Telephone]])
  * item[+]
    * insert YesNo(contact.involved, involved-in-plan#Extension.value[x], [[Did this person take part in making the plan?]])
  * item[+]
    * insert YesNo(contact.primary, primary-emergency-contact#Extension.value[x], [[Is this the first person to call in an emergency?]])

* item[+]
  * insert Group(medicine, [[Key information: an additional medicine at home, just in case]])
  * insert Repeats
  * item[+]
    * insert Line(medicine.name, anticipatory-medicine#MedicationRequest.medication[x], [[Medicine, strength and form]])
    * insert Required
  * item[+]
    * insert Words(medicine.dose, anticipatory-medicine#MedicationRequest.dosageInstruction.text, [[What it is for, dose, how it is given and how often]])
  * item[+]
    * insert Words(medicine.where, anticipatory-medicine#MedicationRequest.note.text, [[Where it is in the home, who may give it, when it expires]])

* item[+]
  * insert Group(medicines, [[Key information: medicines and allergies]])
  * item[+]
    * insert KeyInformation(medicines.allergies, [[Allergies and adverse reactions; say so if none are known]])
  * item[+]
    * insert KeyInformation(medicines.current-medicines, [[Current and repeat medicines, with doses]])
  * item[+]
    * insert KeyInformation(medicines.syringe-driver, [[Is a syringe driver in use or in the home, and for what?]])

* item[+]
  * insert Group(home-care, [[Key information: care and equipment at home]])
  * item[+]
    * insert KeyInformation(home-care.care-arrangements, [[Who comes to the home, when, and for what?]])
  * item[+]
    * insert KeyInformation(home-care.other-agencies, [[Other services involved, and how to reach them]])
  * item[+]
    * insert KeyInformation(home-care.continence-products, [[Catheter and continence products, with type and size]])
  * item[+]
    * insert KeyInformation(home-care.moving-handling, [[Equipment for moving the person, and where it is]])
  * item[+]
    * insert KeyInformation(home-care.home-oxygen, [[Oxygen at home, at what flow, from whom]])

* item[+]
  * insert Group(out-of-hours, [[Key information: out of hours]])
  * item[+]
    * insert KeyInformation(out-of-hours.contact-own-gp, [[Should the own GP be contacted out of hours, about what, and by which number?]])
  * item[+]
    * insert YesNo(out-of-hours.gp-will-certify, key-information#Observation.value[x], [[Will the GP certify the death if the person dies as expected?]])
  * item[+]
    * insert KeyInformation(out-of-hours.out-of-hours-information, [[Other arrangements and information for out of hours]])

* item[+]
  * insert Group(clinical, [[Key information: diagnoses, function and awareness]])
  * item[+]
    * insert KeyInformation(clinical.main-diagnoses, [[Main diagnoses]])
  * item[+]
    * insert KeyInformation(clinical.relevant-history, [[Other conditions and events that matter in an emergency]])
  * item[+]
    * insert KeyInformation(clinical.baseline-function, [[How is the person usually, when not acutely ill?]])
  * item[+]
    * insert KeyInformation(clinical.deterioration-triggers, [[What tells that the person is getting worse, and what then helps?]])
  * item[+]
    * insert KeyInformation(clinical.palliative-treatment, [[Radiotherapy, chemotherapy and other palliative treatment, with dates]])
  * item[+]
    * insert YesNo(clinical.palliative-register, key-information#Observation.value[x], [[Is the person on the palliative care register?]])
  * item[+]
    * insert KeyInformation(clinical.person-aware-diagnosis, [[What does the person know and understand of the illness?]])
  * item[+]
    * insert KeyInformation(clinical.person-aware-prognosis, [[What does the person know and understand of how it will go on?]])
  * item[+]
    * insert KeyInformation(clinical.carer-aware-diagnosis, [[What does the main carer know and understand of the illness?]])
  * item[+]
    * insert KeyInformation(clinical.carer-aware-prognosis, [[What does the main carer know and understand of how it will go on?]])

* item[+]
  * insert Group(other-documents, [[Key information: certificates, assessments and other plans]])
  * item[+]
    * insert KeyInformation(other-documents.incapacity-certificate, [[Certificate of incapacity for treatment (section 47, or its equivalent): for what, until when?]])
  * item[+]
    * insert KeyInformation(other-documents.shared-assessment, [[Single shared assessment: when, and where is it kept?]])
  * item[+]
    * insert KeyInformation(other-documents.self-management-plan, [[Self-management plans, and where they are kept]])
  * item[+]
    * insert KeyInformation(other-documents.other-planning-documents, [[Advance directives, carer's emergency plan and other documents, and where they are]])

* item[+]
  * insert Group(review, [[9. Review]])
  * item[+]
    * insert Question(review.date, date, review-date#Extension.value[x], [[Day by which the plan should be looked at again]])
  * item[+]
    * insert Line(review.trigger, review-trigger#Extension.value[x], [[What should lead to an earlier review?]])
    * insert Repeats


// One item of CodeSystem plan-observation, named as there below the section of the summary in which it is shown.
RuleSet: KeyInformation(linkId, text)
* insert Words({linkId}, key-information#Observation.value[x], [[{text}]])
* insert Repeats

RuleSet: Condition(of, text)
* insert Words({of}.condition, condition-text#Extension.value[x], [[{text}]])
* insert OnlyWhen({of}.recommendation, =, https://keyplan.example/fhir/CodeSystem/recommendation, conditional)

RuleSet: Basis(of)
* insert Question({of}.basis, choice, decision-basis#Extension.value[x], [[What this rests on]])
* insert KeyPlanOption(decision-basis, clinical-recommendation, [[Clinical recommendation]])
* insert KeyPlanOption(decision-basis, person-refusal, [[Refusal by the person]])
* insert KeyPlanOption(decision-basis, person-preference, [[Preference of the person]])
* insert KeyPlanOption(decision-basis, best-interests, [[Best interests or benefit]])
* insert KeyPlanOption(decision-basis, parental-agreement, [[Agreement of those with parental responsibility]])

RuleSet: Rationale(of)
* insert Words({of}.rationale, rationale#Extension.extension:text.value[x], [[Why]])

RuleSet: RationaleReason(of)
* insert Question({of}.rationale-reason, choice, rationale#Extension.extension:reason.value[x], [[Kind of reason]])
* insert OnlyAfter({of}.rationale)
* insert KeyPlanOption(rationale, unlikely-to-succeed, [[Unlikely to succeed]])
* insert KeyPlanOption(rationale, not-in-best-interests, [[Not in the best interests of the person]])
* insert KeyPlanOption(rationale, person-does-not-want, [[Person does not want it]])
* insert KeyPlanOption(rationale, other, [[Other reason]])
